import { asFailure, type Backend } from '../backend/backend';
import type { Consult, Failure } from '../contract';

/** How long a call that ended stays in the strip, in milliseconds. */
export const ENDED_STAYS_MS = 8000;

/** The calls made from here, and the one that is on now. */
export class Consults {
  /** Newest first; nothing before they were read. */
  all: Consult[] | null = $state.raw(null);
  /** The call in the strip. */
  live: Consult | null = $state.raw(null);
  failure: Failure | null = $state.raw(null);
  readonly #backend: Backend;
  #putAway: ReturnType<typeof setTimeout> | undefined;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /** Reads the history. */
  async load(): Promise<void> {
    try {
      this.all = await this.#backend.consults();
      this.failure = null;
    } catch (thrown) {
      this.failure = asFailure(thrown);
    }
  }

  /** Takes a call as it is now: into the strip, and into the history where it was read. */
  take(consult: Consult): void {
    this.#keep(consult);
    if (this.live && this.live.id !== consult.id && isOver(consult)) return;
    this.live = consult;
    clearTimeout(this.#putAway);
    if (isOver(consult)) this.#putAway = setTimeout(() => this.dismiss(), ENDED_STAYS_MS);
  }

  /** Puts the strip away; the call itself goes on. */
  dismiss(): void {
    clearTimeout(this.#putAway);
    this.live = null;
  }

  #keep(consult: Consult): void {
    if (!this.all) return;
    const known = this.all.some(({ id }) => id === consult.id);
    this.all = known
      ? this.all.map((other) => (other.id === consult.id ? consult : other))
      : [consult, ...this.all];
  }
}

/** Whether nothing more will be heard of the call. */
export function isOver(consult: Consult): boolean {
  return consult.state === 'ended' || consult.state === 'unheard';
}
