import { asFailure, type Backend } from '../backend/backend';
import type { Answer, Failure, Group, Only, PresenceView, TypedFilter } from '../contract';
import { Entry } from './entry.svelte';

/** How many rows the first question of a text asks for. */
const FIRST_ROWS = 80;
/** How many rows from the end more are asked for. */
const NEAR_END = 40;
/** How many rows are asked for at once at most. A list that is longer no longer moves by itself. */
const MOST_ROWS = 1000;
/** How long after news of changed people the list is asked again, in milliseconds. */
const SETTLE_MS = 400;
/** How long the answer to a text, at rest, may rank by states that have changed since, in milliseconds. */
const DRIFT_MS = 2000;
/** The same for the list of everybody, in which somebody always moves. */
const DRIFT_OF_ALL_MS = 5000;

/**
 * The question in the box and the people who answer it.
 *
 * Questions are numbered: an answer that was overtaken is dropped, and old rows stay until new ones come.
 * While `held` (pointer or focus in the list) the order never changes: rows are told what is new of them
 * where they stand, and who would come, go or move is counted instead.
 */
export class Search {
  text = $state('');
  only: Only = $state('everyone');
  /** The group within which is searched. */
  group: Group | null = $state.raw(null);
  entries: Entry[] = $state.raw([]);
  /** How many people match. */
  total = $state(0);
  /** How many people there are to look among. */
  among = $state(0);
  /** The filters that were typed, as the engine read them. */
  filters: TypedFilter[] = $state.raw([]);
  /** Whether any answer ever came. */
  answered = $state(false);
  /** How many people would come, go or move if the list might. */
  changes = $state(0);
  /** How many questions were asked by hand: each one shows its answer from the top. */
  turn = $state(0);
  /** What the last question failed with. */
  failure: Failure | null = $state.raw(null);
  /** Whether the order must not change. */
  held = $state(false);

  /** Told each time the list was asked anew and shown; `again`: by itself, not by the person at the window. */
  onShown: (again: boolean) => void = () => {};

  /** Whether the order stays as it is until the person asks: held, or scrolled through for long. */
  get still(): boolean {
    return this.held || this.entries.length > MOST_ROWS;
  }

  readonly #backend: Backend;
  #byId = new Map<string, Entry>();
  /** Presence that came while a question was on its way: newer than what its answer will carry. */
  #meanwhile = new Map<string, PresenceView>();
  #asked = 0;
  #onItsWay = false;
  /** Whether the list may be other than what is shown, though no change of it is known. */
  #stale = false;
  #settling: ReturnType<typeof setTimeout> | undefined;
  #drifting: ReturnType<typeof setTimeout> | undefined;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /** What was typed without the filter that asks for those who are free now. */
  get words(): string {
    const free = this.filters.filter(({ key }) => key === 'free');
    const inFree = (at: number) => free.some(({ start, end }) => start <= at && at < end);
    return this.text
      .split('')
      .filter((_, at) => !inFree(at))
      .join('')
      .trim();
  }

  /** Whether the list has an order of its own, which nobody's presence changes. */
  get ordered(): boolean {
    const own = this.only === 'favourites' || this.only === 'recents';
    return own && this.group === null && this.text.trim() === '';
  }

  /** Whether only those are listed who are free. */
  get onlyFree(): boolean {
    return this.group ? this.group.only_free : this.only === 'free';
  }

  /** Searches for another text. */
  async type(text: string): Promise<void> {
    if (text === this.text) return;
    this.text = text;
    await this.#turn();
  }

  /** Looks among others, or within a group. */
  async lookAmong(only: Only, group: Group | null = null): Promise<void> {
    if (only === this.only && group?.id === this.group?.id) return;
    this.only = only;
    this.group = group;
    await this.#turn();
  }

  /** Asks the question as it stands; the order may change. `again`: nobody asked for it. */
  async ask(again = false): Promise<void> {
    if (this.entries.length > MOST_ROWS) return this.#turn();
    await this.#ask(Math.max(this.#first, this.entries.length), again);
  }

  /** Asks for more rows when the shown ones come to their end. Rows that are there keep their places. */
  async reach(index: number): Promise<void> {
    if (this.#onItsWay || index < this.entries.length - NEAR_END || this.entries.length >= this.total) return;
    // A few again that are there: who moved up since then is not left out.
    const skip = Math.max(0, this.entries.length - NEAR_END);
    const answer = await this.#question(skip, Math.min(this.entries.length * 4 - skip, MOST_ROWS));
    if (!answer) return;
    const more = answer.rows.filter(({ id }) => !this.#byId.has(id)).map((row) => this.#entry(row));
    this.#show([...this.entries, ...more]);
  }

  /** Takes news of one person's presence: the row changes in place. Says whether it is on the list. */
  hear(person: string, presence: PresenceView): boolean {
    if (this.#onItsWay) this.#meanwhile.set(person, presence);
    const entry = this.#byId.get(person);
    if (this.onlyFree) this.#hearOfFree(entry, presence);
    else if (!this.ordered && this.#moves(entry, presence)) this.#drift();
    if (entry) entry.presence = presence;
    return entry !== undefined;
  }

  /** Takes news that the list may be other than what is shown. */
  changed(): void {
    this.#stale = true;
    this.settle();
  }

  /** Asks again soon when there is news: shows the answer if the list may move, else tells of it in place. */
  settle(): void {
    if (this.#settling !== undefined) return;
    this.#settling = setTimeout(() => {
      this.#settling = undefined;
      if (!this.still && (this.changes > 0 || this.#stale)) void this.ask(true);
      else if (this.still && this.#stale) void this.#compare();
    }, SETTLE_MS);
  }

  /** Forgets everything: the people are others now. */
  clear(): void {
    this.#asked += 1;
    this.#onItsWay = false;
    this.text = '';
    this.filters = [];
    this.only = 'everyone';
    this.group = null;
    this.answered = false;
    this.changes = 0;
    this.#show([]);
  }

  /** How many rows are asked for at first: all where they are put in order by hand. */
  get #first(): number {
    return this.ordered ? MOST_ROWS : FIRST_ROWS;
  }

  /** The entry of a person who is on the list. */
  entry(person: string): Entry | undefined {
    return this.#byId.get(person);
  }

  /** Among the free, somebody who comes or goes changes the list. */
  #hearOfFree(entry: Entry | undefined, presence: PresenceView): void {
    const comes = entry === undefined && isFree(presence) && this.entries.length >= this.total;
    const goes = entry !== undefined && isFree(entry.presence) && !isFree(presence);
    if (goes || comes) this.changed();
  }

  /** Whether news of a person may move somebody whom the window shows. */
  #moves(entry: Entry | undefined, presence: PresenceView): boolean {
    if (!entry) return this.text === '' && isFree(presence);
    if (entry.presence.state === presence.state) return false;
    return isFree(presence) || this.entries.indexOf(entry) < NEAR_END;
  }

  /** People rank by state: while the list may move it is put in order again every few seconds. */
  #drift(): void {
    this.#drifting ??= setTimeout(
      () => {
        this.#drifting = undefined;
        if (!this.still) void this.ask(true);
      },
      this.text === '' ? DRIFT_OF_ALL_MS : DRIFT_MS,
    );
  }

  /** Asks without moving anything: rows learn what is new of them, and what would move is counted. */
  async #compare(): Promise<void> {
    this.#stale = false;
    const answer = await this.#question(0, Math.min(Math.max(this.#first, this.entries.length), MOST_ROWS));
    if (!answer) return;
    for (const row of answer.rows) this.#byId.get(row.id)?.learn(row, this.#meanwhile.get(row.id));
    this.changes = countMoves(
      this.entries.slice(0, MOST_ROWS).map(({ id }) => id),
      answer.rows.map(({ id }) => id),
    );
  }

  /** Asks anew from the first rows on. */
  async #turn(): Promise<void> {
    await this.#ask(this.#first, false);
    this.turn += 1;
  }

  async #ask(limit: number, again: boolean): Promise<void> {
    this.changes = 0;
    this.#stale = false;
    const answer = await this.#question(0, limit);
    if (!answer) return;
    this.#show(answer.rows.map((row) => this.#entry(row)));
    this.onShown(again);
  }

  /** Sends the question; nothing when the answer was overtaken or failed. */
  async #question(skip: number, limit: number): Promise<Answer | null> {
    const number = ++this.#asked;
    this.#meanwhile.clear();
    this.#onItsWay = true;
    const question = { number, text: this.text, only: this.only, group: this.group?.id ?? null, skip, limit };
    try {
      const answer = await this.#backend.ask(question);
      if (answer.number !== this.#asked) return null;
      this.#onItsWay = false;
      this.failure = null;
      this.total = answer.total;
      this.among = answer.among;
      this.filters = answer.filters;
      this.answered = true;
      return answer;
    } catch (thrown) {
      if (number !== this.#asked) return null;
      this.#onItsWay = false;
      this.failure = asFailure(thrown);
      return null;
    }
  }

  /** The row's entry: the one that is shown, when it is, so that only what is new of it is drawn. */
  #entry(row: Answer['rows'][number]): Entry {
    const known = this.#byId.get(row.id);
    if (!known) return new Entry(row, this.#meanwhile.get(row.id));
    known.learn(row, this.#meanwhile.get(row.id));
    return known;
  }

  /** Shows these. The same in the same order are nothing new: a list at rest costs nothing. */
  #show(entries: Entry[]): void {
    const same =
      entries.length === this.entries.length && entries.every((entry, n) => entry === this.entries[n]);
    if (same) return;
    this.#byId = new Map(entries.map((entry) => [entry.id, entry]));
    this.entries = entries;
  }
}

/** How many of `before` are not in `after`, or the other way round, or, when both hold the same, stand elsewhere. */
export function countMoves(before: string[], after: string[]): number {
  const [old, now] = [new Set(before), new Set(after)];
  const come = after.filter((id) => !old.has(id)).length;
  const go = before.filter((id) => !now.has(id)).length;
  return come + go || after.filter((id, index) => before[index] !== id).length;
}

/** Whether the presence is one of those that "Free now" lists. */
export function isFree(presence: PresenceView): boolean {
  return presence.state === 'available' || presence.state === 'mobile';
}
