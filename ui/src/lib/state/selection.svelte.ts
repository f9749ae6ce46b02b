import type { Entry } from './entry.svelte';
import type { Search } from './search.svelte';

/** Which person the keys act on, and which was opened. */
export class Selection {
  /** The person the keys act on. */
  active: string | null = $state(null);
  /** Whether that person was chosen by hand; else it is the best match. */
  chosen = $state(false);
  /** The person who was opened over or beside the list. */
  opened: string | null = $state(null);
  readonly #search: Search;
  readonly #people: () => Entry[];

  /** `people`: those who can be walked through, when it is not everybody who was found. */
  constructor(search: Search, people: () => Entry[] = () => search.entries) {
    this.#search = search;
    this.#people = people;
  }

  /** Where the active person stands in the list; -1 when nowhere. */
  get index(): number {
    return this.active === null ? -1 : this.#people().findIndex(({ id }) => id === this.active);
  }

  /** The active person's row. */
  get entry(): Entry | undefined {
    return this.active === null ? undefined : this.#search.entry(this.active);
  }

  /** Moves by this many rows, stopping at the ends. From nowhere, down means the first row. */
  move(by: number): void {
    const from = this.index;
    this.to(from < 0 ? (by > 0 ? 0 : this.#people().length - 1) : from + by);
  }

  /** Chooses the row at a place. */
  to(index: number): void {
    const entries = this.#people();
    const entry = entries[Math.min(Math.max(index, 0), entries.length - 1)];
    if (entry) this.choose(entry.id);
  }

  /** Chooses a person. */
  choose(id: string): void {
    this.active = id;
    this.chosen = true;
    if (this.opened !== null) this.opened = id;
  }

  /** Opens a person, or the active one. */
  open(id: string | null = this.active): void {
    if (id === null) return;
    this.active = id;
    this.chosen = true;
    this.opened = id;
  }

  /** Closes what was opened. */
  close(): void {
    this.opened = null;
  }

  /** Forgets what was chosen by hand: another question was asked. */
  release(): void {
    this.chosen = false;
  }

  /**
   * Finds its place in a new list: keeps a chosen person who is still there, else takes the best match. In a list
   * that came `again` by itself everybody is kept: Enter calls whom it would have called a moment ago.
   */
  settle(again = false): void {
    if ((this.chosen || again) && this.entry) return;
    this.chosen = false;
    this.active = this.#search.text.trim() === '' ? null : (this.#search.entries[0]?.id ?? null);
  }
}
