import { getContext, setContext } from 'svelte';
import { asFailure, type Backend } from '../backend/backend';
import type {
  Failure,
  Group,
  Invitation,
  Only,
  Policy,
  Push,
  Row,
  Status,
  WatchWish,
  Why,
} from '../contract';
import { m } from '../paraglide/messages.js';
import { consultWords } from '../words/consult';
import { count, plural } from '../words/count';
import { presenceWords } from '../words/presence';
import { searchName, watchName } from '../words/watch';
import { Announcer } from './announcer.svelte';
import { Arranging } from './arranging.svelte';
import { Calling } from './calling.svelte';
import { Clock } from './clock.svelte';
import { Consults } from './consults.svelte';
import { Detail } from './detail.svelte';
import { Joining } from './joining.svelte';
import { OwnLists } from './lists.svelte';
import { Painting } from './painting.svelte';
import { Problems } from './problems.svelte';
import { Search } from './search.svelte';
import { Selection } from './selection.svelte';
import { Choices } from './settings.svelte';
import { Shelves } from './shelves.svelte';
import { Telling } from './telling.svelte';
import { Watches } from './watches.svelte';

/** The sections of the rail. */
export type Section = 'people' | 'calls' | 'settings';

/** The window's state as a whole: one class per concern, and the news that goes to each. */
export class Rollcall {
  readonly backend: Backend;
  readonly clock: Clock;
  readonly announcer = new Announcer();
  readonly search: Search;
  readonly selection: Selection;
  readonly detail: Detail;
  readonly calling: Calling;
  readonly consults: Consults;
  readonly watches: Watches;
  readonly lists: OwnLists;
  readonly shelves: Shelves;
  readonly arranging: Arranging;
  readonly choices: Choices;
  readonly problems: Problems;
  readonly painting: Painting;

  /** How things stand; nothing before the engine said so. */
  status: Status | null = $state.raw(null);
  section: Section = $state('people');
  /** Whether the key sheet is open. */
  keySheet = $state(false);
  /** The form about somebody's skills, while it is open. */
  telling: Telling | null = $state(null);
  /** The join screen, while it is open. */
  joining: Joining | null = $state(null);
  /** Why the window could not start. */
  broken: Failure | null = $state.raw(null);
  #answering: Promise<void> = Promise.resolve();
  #announced: number | null = null;

  constructor(backend: Backend, clock = new Clock()) {
    this.backend = backend;
    this.clock = clock;
    this.search = new Search(backend);
    this.search.onShown = (again) => this.#listShown(again);
    this.lists = new OwnLists(backend, {
      done: (deed, how) => this.arranging.did(deed, how),
      failed: (failure) => this.#fail(failure),
    });
    this.shelves = new Shelves(this.search, this.lists);
    this.arranging = new Arranging(this);
    this.selection = new Selection(this.search, () => this.shelves.people);
    this.detail = new Detail(backend);
    this.consults = new Consults(backend);
    this.watches = new Watches(backend, {
      raised: (watch) => this.announcer.say(m.watch_raised({ name: watch.raised?.name ?? '' })),
      over: (watch) => this.announcer.show(m.watch_over({ name: watchName(watch) })),
      failed: (failure) => this.#fail(failure),
    });
    this.choices = new Choices(backend);
    this.problems = new Problems(backend);
    this.painting = new Painting(backend);
    this.calling = new Calling(backend, {
      placed: (consult) => this.#hear({ push: 'consult', consult }),
      failed: (failure) => this.#fail(failure),
    });
  }

  /** Joins the engine: settings, then news, then the first list. */
  async start(): Promise<void> {
    this.broken = null;
    try {
      await this.choices.load();
      this.#stand(await this.backend.subscribe((pushes) => pushes.forEach((push) => this.#hear(push))));
      if (this.status?.mode !== 'unset') await this.#answered(this.search.ask());
      await this.watches.load();
      await this.lists.load();
    } catch (thrown) {
      this.broken = asFailure(thrown);
    }
  }

  /** Searches for a text; the best match becomes the active row. */
  async type(text: string): Promise<void> {
    this.selection.release();
    this.lists.latest = false;
    await this.#answered(this.search.type(text));
  }

  /** Looks among others, or within a group. */
  async lookAmong(only: Only, group: Group | null = null): Promise<void> {
    this.selection.release();
    await this.#answered(this.search.lookAmong(only, group));
  }

  /** Shows the changes that waited. */
  async refresh(): Promise<void> {
    await this.#answered(this.search.ask());
  }

  /** The first action on the active person, as of the answer to what was typed last. */
  async act(which: 'first' | 'second' = 'first'): Promise<void> {
    await this.#answering;
    const row = this.#activeRow();
    if (!row) return;
    if (which === 'first') await this.calling.call(row.id);
    else if (row.second !== null) await this.calling.call(row.id, row.second);
    else this.#fail({ code: 'no_number' });
  }

  /** Copies the active person's number. */
  async copyNumber(): Promise<void> {
    await this.#answering;
    const row = this.#activeRow();
    if (row?.number) await this.copy(row.number);
    else if (row) this.#fail({ code: 'no_number' });
  }

  /** Copies text and says so. */
  async copy(text: string): Promise<void> {
    if (await this.attempt(this.backend.copy(text))) this.announcer.show(m.copied({ text }));
  }

  /** Turns the favourite on or off: at once on the screen, back again if it could not be kept. */
  async toggleFavourite(id: string | null = this.selection.active): Promise<void> {
    const entry = id === null ? undefined : this.search.entry(id);
    const shown = this.detail.person?.row.id === id ? this.detail : undefined;
    const name = entry?.row.name ?? shown?.person?.row.name;
    if (id === null || name === undefined) return;
    const on = !(entry ?? shown)?.favourite;
    const put = (value: boolean) => {
      if (entry) entry.favourite = value;
      if (shown) shown.favourite = value;
    };
    put(on);
    if (!(await this.attempt(this.backend.favourite(id, on)))) {
      put(!on);
      return;
    }
    await this.lists.did({ deed: on ? 'favourite_added' : 'favourite_removed', name });
  }

  /** The search as it stands, as a wish to be told when somebody of it is free; nothing when it finds everybody. */
  get searchWish(): WatchWish | null {
    // That somebody is free is what is waited for.
    const { group } = this.search;
    const among = group?.only ?? this.search.only;
    const only = among === 'free' ? 'everyone' : among;
    const text = `${group?.text ?? ''} ${this.search.text}`.trim();
    return !group && this.search.words === '' && only === 'everyone' ? null : { whom: 'search', text, only };
  }

  /** Begins or ends the watch on a person. */
  async toggleWatch(person: string | null = this.selection.active): Promise<void> {
    const row = person === null ? undefined : (this.search.entry(person)?.row ?? this.detail.person?.row);
    if (row && row.id === person) await this.#toggleWatch({ whom: 'person', person: row.id }, row.name);
  }

  /** Begins or ends the watch on the search as it stands. */
  async toggleSearchWatch(): Promise<void> {
    const wish = this.searchWish;
    if (wish?.whom === 'search') await this.#toggleWatch(wish, searchName(wish.text, wish.only));
  }

  /** Shows a person. */
  open(person: string): void {
    this.section = 'people';
    this.selection.open(person);
  }

  /** Searches for a text among some. */
  async searchFor(text: string, only: Only): Promise<void> {
    this.section = 'people';
    this.selection.close();
    await this.lookAmong(only);
    await this.type(text);
  }

  /** One step back: the opened person, the search, the window. `over`: the opened person covers the list. */
  async back(over: boolean): Promise<void> {
    if (this.section !== 'people') this.section = 'people';
    else if (over && this.selection.opened !== null) this.selection.close();
    else if (this.search.text !== '') await this.type('');
    else if (this.selection.opened !== null) this.selection.close();
    else await this.attempt(this.backend.hide());
  }

  /** Opens the form about the skills of the active person, if they may be changed here. */
  async startTelling(): Promise<void> {
    const id = this.selection.active;
    if (!this.status?.may_tell || id === null) return;
    const asking = this.backend.person(id).then((person) => {
      this.telling = new Telling(this.backend, person);
    });
    await this.attempt(asking);
  }

  /** Puts the form away. */
  stopTelling(): void {
    this.telling = null;
  }

  /** Saves what the form says, and shows it. */
  async saveTelling(): Promise<void> {
    const { telling } = this;
    if (!telling || telling.busy || !(await telling.save())) return;
    if (this.telling === telling) this.telling = null;
    this.announcer.show(m.tell_saved({ name: telling.person.row.name }));
    await Promise.all([this.detail.again(), this.refresh()]);
  }

  /** Opens the join screen. */
  startJoining(invitation?: Invitation): void {
    this.keySheet = false;
    this.joining = new Joining(this, invitation);
  }

  /** Opens the join screen for the relay that this desk was joined to. */
  async joinAgain(): Promise<void> {
    let relay = '';
    await this.attempt(this.backend.yourRelay().then((known) => (relay = known?.address ?? '')));
    this.startJoining();
    if (this.joining) this.joining.invitation.relay = relay;
  }

  /** Whether the relay lets this desk in no more. */
  get shutOut(): boolean {
    const { mode, link } = this.status ?? {};
    if (mode !== 'team' || link?.link !== 'offline') return false;
    return link.failure.code === 'session_ended' || link.failure.code === 'not_admitted';
  }

  /** Whether this failure keeps the desk from its news and is tried again when the person wants it. */
  waitsFor(failure: Failure): boolean {
    const { link } = this.status ?? {};
    const keychain = failure.code === 'keychain_locked' || failure.code === 'keychain_unavailable';
    return keychain && link?.link === 'offline' && link.failure.code === failure.code;
  }

  /** Reports who is seen. A failure is nobody's trouble here: the presence keeps its age, the status its link. */
  look(why: Why, people: string[]): void {
    this.backend.look(why, people).catch(() => {});
  }

  /** Waits for a command; what fails is told. Says whether it went well. */
  async attempt(command: Promise<unknown>): Promise<boolean> {
    try {
      await command;
      return true;
    } catch (thrown) {
      this.#fail(asFailure(thrown));
      return false;
    }
  }

  /** The active person's row, from the list or, when a link opened somebody else, from the detail. */
  #activeRow(): Row | undefined {
    const shown = this.detail.person?.row;
    return this.selection.entry?.row ?? (shown?.id === this.selection.active ? shown : undefined);
  }

  /** Remembers the question that is on its way, so that a key pressed now waits for its answer. */
  #answered(asking: Promise<void>): Promise<void> {
    this.#answering = asking;
    return asking;
  }

  #listShown(again: boolean): void {
    void this.detail.answers(this.search.text);
    this.selection.settle(again);
    const { total, entries } = this.search;
    this.painting.listShown(entries.length);
    if (total === this.#announced) return;
    this.#announced = total;
    const words = plural(total) === 'one' ? m.list_count_one : m.list_count_other;
    this.announcer.say(words({ count: count(total) }));
  }

  #hear(push: Push): void {
    switch (push.push) {
      case 'presence':
        return this.#hearPresence(push.person, push.presence);
      case 'people':
        return this.search.changed();
      case 'consult':
        this.consults.take(push.consult);
        if (push.consult.person === this.detail.person?.row.id) void this.detail.again();
        return this.announcer.say(
          m.consult_spoken({
            state: consultWords(push.consult),
            name: push.consult.name || push.consult.number,
          }),
        );
      case 'watches':
        return this.watches.take(push.watches);
      case 'lists':
        return this.arranging.hear(push.lists);
      case 'status':
        return this.#stand(push.status);
      case 'open':
        return this.open(push.person);
      case 'confirm':
        return this.calling.ask(push.confirmation);
      case 'join':
        return this.startJoining(push.invitation);
      case 'groups':
        this.lists.asked = { ask: 'offer', offered: push.offered };
        return;
      case 'failed':
        return this.#fail(push.failure);
    }
  }

  async #toggleWatch(wish: WatchWish, name: string): Promise<void> {
    const on = await this.watches.toggle(wish);
    const startedPerson = this.status?.policy.watchers_shown ? m.watch_started_shown : m.watch_started;
    const started = wish.whom === 'person' ? startedPerson : m.watch_search_started;
    if (on !== null) this.announcer.show(on ? started({ name }) : m.watch_stopped({ name }));
  }

  #hearPresence(person: string, presence: Parameters<Search['hear']>[1]): void {
    this.detail.hear(person, presence);
    if (!this.search.hear(person, presence)) return;
    this.clock.along();
    this.painting.moved(this.search.entries.length);
    const entry = this.selection.entry;
    if (entry?.id !== person) return;
    this.announcer.say(`${entry.row.name}, ${presenceWords(presence, this.clock.now)}`);
  }

  #stand(status: Status): void {
    const before = this.status;
    this.status = status;
    this.problems.take(status);
    if (before && before.mode !== status.mode) this.#changePlace(status);
  }

  /** Another organisation, or none: nothing of the last one stays on the screen. */
  #changePlace(status: Status): void {
    this.section = 'people';
    this.telling = null;
    this.selection.close();
    this.selection.release();
    this.consults.dismiss();
    this.consults.all = null;
    this.watches.clear();
    this.lists.clear();
    this.search.clear();
    if (status.mode === 'unset') return;
    void this.#answered(this.search.ask());
    void this.watches.load();
    void this.lists.load();
  }

  /** Sets the organisation's policy; resolves to the part of it that cannot be, or nothing. */
  async setPolicy(policy: Policy): Promise<'consults_a_day' | 'quiet_hours' | null> {
    try {
      await this.backend.setPolicy(policy);
      this.announcer.show(m.policy_kept());
    } catch (thrown) {
      const failure = asFailure(thrown);
      if (failure.code === 'bad_field')
        return failure.field === 'quiet_hours' ? 'quiet_hours' : 'consults_a_day';
      this.#fail(failure);
    }
    return null;
  }

  #fail(failure: Failure): void {
    this.problems.tell(failure);
  }
}

const KEY = Symbol('rollcall');

/** Gives the state to every component below. */
export function provide(rollcall: Rollcall): Rollcall {
  return setContext(KEY, rollcall);
}

/** The window's state. */
export function rollcall(): Rollcall {
  return getContext<Rollcall>(KEY);
}
