import type { Folder } from '../contract';
import { standsAt, stepped, type Place, type Shelf } from '../places';
import type { Entry } from './entry.svelte';
import type { OwnLists } from './lists.svelte';
import type { Search } from './search.svelte';

/** The head of a folder in the list; without a folder, that of the favourites in none. */
export class Head {
  readonly folder: Folder | null;
  readonly people: number;

  constructor(folder: Folder | null, people: number) {
    this.folder = folder;
    this.people = people;
  }

  get id(): string {
    return `folder-${this.folder?.id ?? ''}`;
  }
}

/** What stands in the list, from above: people, and among favourites the heads of their folders. */
export type Item = Entry | Head;

/** The favourites as they stand in their folders, and moving them. */
export class Shelves {
  readonly #search: Search;
  readonly #lists: OwnLists;

  constructor(search: Search, lists: OwnLists) {
    this.#search = search;
    this.#lists = lists;
  }

  /** Whether the list shows the favourites in the person's own order. */
  get shown(): boolean {
    return this.#search.ordered && this.#search.only === 'favourites';
  }

  /** Everything in the list. */
  get items(): Item[] {
    const { entries } = this.#search;
    const { folders } = this.#lists;
    if (!this.shown || folders.length === 0) return entries;
    const inside = (folder: Folder | null) =>
      entries.filter(({ row }) => row.folder === (folder?.id ?? null));
    return [null, ...folders].flatMap((folder) => {
      const people = inside(folder);
      const head = new Head(folder, people.length);
      return folder?.folded ? [head] : [head, ...people];
    });
  }

  /** The people in the list, without those in folded folders. */
  get people(): Entry[] {
    const { entries } = this.#search;
    const folded = this.#lists.folders.filter(({ folded }) => folded).map(({ id }) => id);
    if (!this.shown || folded.length === 0) return entries;
    return entries.filter(({ row }) => row.folder === null || !folded.includes(row.folder));
  }

  /** Who is in which folder. */
  get all(): Shelf[] {
    const { entries } = this.#search;
    return [null, ...this.#lists.folders.map(({ id }) => id)].map((folder) => ({
      folder,
      people: entries.filter(({ row }) => row.folder === folder).map(({ id }) => id),
    }));
  }

  /** Where a favourite comes to stand one step on. */
  step(person: string, by: 1 | -1): Place | null {
    return this.shown ? stepped(this.all, person, by) : null;
  }

  /** Whether a favourite stands there already. */
  holds(person: string, place: Place): boolean {
    return standsAt(this.all, person, place);
  }
}
