import type { Backend } from '../backend/backend';
import type { Failure, Watch, WatchWish } from '../contract';
import { asFailure } from '../backend/backend';

/** What the watches tell whoever speaks for the window. */
export interface Told {
  /** Somebody is free. */
  raised(watch: Watch): void;
  /** A watch ended by itself. */
  over(watch: Watch): void;
  failed(failure: Failure): void;
}

/** The watches that run. The engine decides of whom they tell and when they end. */
export class Watches {
  /** Oldest first. */
  all: Watch[] = $state.raw([]);
  readonly #backend: Backend;
  readonly #told: Told;
  /** Those that were ended by hand: nobody needs to be told. */
  #stopped = new Set<string>();

  constructor(backend: Backend, told: Told) {
    this.#backend = backend;
    this.#told = told;
  }

  /** Reads them. */
  async load(): Promise<void> {
    await this.#try(async () => void (this.all = await this.#backend.watches()));
  }

  /** Takes them as they are now. */
  take(watches: Watch[]): void {
    const before = new Map(this.all.map((watch) => [watch.id, watch]));
    this.all = watches;
    for (const watch of watches) {
      const told = before.get(watch.id)?.raised?.person;
      before.delete(watch.id);
      if (watch.raised && watch.raised.person !== told) this.#told.raised(watch);
    }
    for (const [id, gone] of before) {
      // The same wish again takes the place of the one before.
      const again = watches.some((watch) => sameWish(watch.wish, gone.wish));
      if (!this.#stopped.delete(id) && !again) this.#told.over(gone);
    }
  }

  /** The watch on this person alone. */
  of(person: string): Watch | undefined {
    return this.all.find(({ wish }) => wish.whom === 'person' && wish.person === person);
  }

  /** The watch for this wish. */
  for(wish: WatchWish): Watch | undefined {
    return this.all.find((watch) => sameWish(watch.wish, wish));
  }

  /** Begins or ends the watch for a wish. Says whether there is one now; nothing when it failed. */
  async toggle(wish: WatchWish): Promise<boolean | null> {
    const running = this.for(wish);
    if (running) return (await this.stop(running.id)) ? false : null;
    return (await this.#try(async () => void (await this.#backend.watch(wish)))) ? true : null;
  }

  /** Passes over the one who is told of. */
  async next(id: string): Promise<void> {
    await this.#try(() => this.#backend.chooseWatch(id, 'next'));
  }

  /** Ends a watch. */
  async stop(id: string): Promise<boolean> {
    this.#stopped.add(id);
    return this.#try(() => this.#backend.chooseWatch(id, 'stop'));
  }

  /** Forgets them: the people are others now. */
  clear(): void {
    this.all = [];
    this.#stopped.clear();
  }

  async #try(command: () => Promise<void>): Promise<boolean> {
    try {
      await command();
      return true;
    } catch (thrown) {
      this.#told.failed(asFailure(thrown));
      return false;
    }
  }
}

function sameWish(one: WatchWish, other: WatchWish): boolean {
  if (one.whom === 'person') return other.whom === 'person' && one.person === other.person;
  return other.whom === 'search' && one.text === other.text && one.only === other.only;
}
