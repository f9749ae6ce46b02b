import { createSubscriber } from 'svelte/reactivity';

const SECOND_MS = 1000;

/**
 * One clock for everything on the screen that ages. A component reads `second`, `ten` or `minute`,
 * whichever it shows, and is repainted no oftener than that. What nobody on the screen reads does not tick:
 * a window at rest wakes up once in ten seconds.
 */
export class Clock {
  readonly #now: () => number;
  readonly #second: Ticks;
  readonly #ten: Ticks;
  readonly #minute: Ticks;

  constructor(now: () => number = Date.now) {
    this.#now = now;
    this.#second = new Ticks(now, SECOND_MS);
    this.#ten = new Ticks(now, 10 * SECOND_MS);
    this.#minute = new Ticks(now, 60 * SECOND_MS);
  }

  /** The exact time, read once. */
  get now(): number {
    return this.#now();
  }

  /** Milliseconds since the epoch, moving once a second. */
  get second(): number {
    return this.#second.at;
  }

  /** Milliseconds since the epoch, moving every ten seconds: for ages that are always on the screen. */
  get ten(): number {
    return this.#ten.at;
  }

  /** Milliseconds since the epoch, moving when a minute begins. */
  get minute(): number {
    return this.#minute.at;
  }

  /** News is painted: what moves by the second moves in the same frame, and again a second later. */
  along(): void {
    this.#second.along();
  }
}

/** A time that moves in steps while somebody reads it. */
class Ticks {
  readonly #now: () => number;
  readonly #step: number;
  readonly #subscribe: () => void;
  #at = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Tells those who read; nothing while nobody does. */
  #tell: (() => void) | undefined;

  constructor(now: () => number, step: number) {
    this.#now = now;
    this.#step = step;
    this.#subscribe = createSubscriber((tell) => {
      this.#tell = tell;
      this.#wait();
      return () => {
        clearTimeout(this.#timer);
        this.#tell = undefined;
      };
    });
  }

  get at(): number {
    if (!this.#tell) this.#at = this.#now();
    if ($effect.tracking()) this.#subscribe();
    return this.#at;
  }

  along(): void {
    if (this.#tell && this.#now() - this.#at >= this.#step / 2) this.#tick();
  }

  #tick(): void {
    this.#at = this.#now();
    this.#tell?.();
    this.#wait();
  }

  /** Longer steps end when the clock on the wall moves; a second ends a second after the last one. */
  #wait(): void {
    clearTimeout(this.#timer);
    const passed = this.#step > SECOND_MS ? this.#now() % this.#step : 0;
    this.#timer = setTimeout(() => this.#tick(), this.#step - passed);
  }
}
