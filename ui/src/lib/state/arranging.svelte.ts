import type { Group, ListDeed, Lists, Row } from '../contract';
import { m } from '../paraglide/messages.js';
import type { Place } from '../places';
import { deedWords } from '../words/lists';
import type { Rollcall } from './rollcall.svelte';

/** What the person does with the lists: choosing groups, moving favourites, sharing, and being told of it. */
export class Arranging {
  readonly #app: Rollcall;

  constructor(app: Rollcall) {
    this.#app = app;
  }

  /** Looks within the nth group, counted from 1; 0 is everybody. */
  async lookWithin(nth: number): Promise<void> {
    const group = this.#app.lists.groups[nth - 1];
    if (nth === 0) await this.#app.lookAmong('everyone');
    else if (group) await this.#app.lookAmong('everyone', group);
  }

  /** Asks under which name the question as it stands is to be saved. */
  askForGroup(): void {
    const { text, only, group, words } = this.#app.search;
    if (words === '') return this.#app.announcer.show(m.group_needs_question());
    const whole = group
      ? { text: `${group.text} ${text.trim()}`, only: group.only }
      : { text: text.trim(), only };
    this.#app.lists.asked = { ask: 'save', ...whole };
  }

  /** Asks into which folder a favourite goes. */
  askForFolder(person: string | null = this.#app.selection.active): void {
    const row = person === null ? undefined : this.#rowOf(person);
    if (!row) return;
    if (!this.#isFavourite(row.id))
      return this.#app.announcer.show(m.move_favourites_only({ name: row.name }));
    this.#app.lists.asked = { ask: 'file', person: row.id, name: row.name };
  }

  /** Moves the active favourite by one place. */
  async step(by: 1 | -1): Promise<void> {
    const { selection, shelves, announcer } = this.#app;
    if (!shelves.shown) return announcer.show(m.move_in_favourites());
    const place = selection.active === null ? null : shelves.step(selection.active, by);
    if (selection.active !== null && place) await this.put(selection.active, place);
  }

  /** Puts a favourite somewhere. A folder that they go into is opened. */
  async put(person: string, place: Place): Promise<boolean> {
    const { lists, shelves } = this.#app;
    if (shelves.shown && shelves.holds(person, place)) return true;
    const folder = lists.folders.find(({ id }) => id === place.folder);
    if (shelves.shown && folder?.folded) await lists.fold(folder);
    return lists.tryChange({ change: 'move_favourite', person, ...place });
  }

  /** Copies the link that offers a group to others. */
  async copyLink(group: Group): Promise<void> {
    const { backend, announcer } = this.#app;
    const copied = backend.groupLink(group.id).then((link) => backend.copy(link));
    if (await this.#app.attempt(copied)) announcer.show(m.group_link_copied({ name: group.name }));
  }

  /** Saves groups to a file; all of them when none is named. */
  async save(ids: string[] = []): Promise<void> {
    const { backend, announcer } = this.#app;
    const tell = (file: string | null) => file !== null && announcer.show(m.groups_saved({ file }));
    await this.#app.attempt(backend.saveGroups(ids).then(tell));
  }

  /** Tells what was done, offers to undo it, and shows the list as it is now. */
  async did(deed: ListDeed, how: 'done' | 'undone' | 'again'): Promise<void> {
    const { lists, search, announcer, detail } = this.#app;
    const undo = { label: m.undo(), take: () => void lists.undo() };
    const redo = { label: m.redo(), take: () => void lists.redo() };
    const what = deedWords(deed);
    if (how === 'undone') announcer.show(m.undone({ what }), redo);
    else announcer.show(what, undo);
    // Whoever changed the list by hand wants to see it changed, wherever the pointer is.
    if (search.only === 'favourites' || search.only === 'recents') await this.#app.refresh();
    else search.changed();
    if (how !== 'done') await detail.again();
  }

  /** Takes the lists as they are now. Who looks within a group that is gone looks among everybody. */
  hear(news: Lists): void {
    const { lists, search } = this.#app;
    lists.take(news);
    const known = search.group && lists.group(search.group.id);
    if (known) search.group = known;
    else if (search.group) void this.#app.lookAmong('everyone');
    if (search.only === 'recents') search.changed();
  }

  #rowOf(person: string): Row | undefined {
    const shown = this.#app.detail.person?.row;
    return this.#app.search.entry(person)?.row ?? (shown?.id === person ? shown : undefined);
  }

  #isFavourite(person: string): boolean {
    const { detail, search } = this.#app;
    const shown = detail.person?.row.id === person && detail.favourite;
    return search.entry(person)?.favourite ?? shown;
  }
}
