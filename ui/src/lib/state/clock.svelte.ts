const SECOND_MS = 1000;
/** News takes the time along when it is at least so old. */
const ALONG_MS = 500;

/**
 * One clock for everything on the screen that ages. A component reads `second`, `ten` or `minute`,
 * whichever it shows, and is repainted no oftener than that.
 */
export class Clock {
  /** Milliseconds since the epoch, moving once a second. */
  second = $state(0);
  /** Milliseconds since the epoch, moving every ten seconds: for ages that are always on the screen. */
  ten = $state(0);
  /** Milliseconds since the epoch, moving once a minute. */
  minute = $state(0);
  readonly #now: () => number;
  #next: ReturnType<typeof setTimeout> | undefined;
  #runs = false;

  constructor(now: () => number = Date.now) {
    this.#now = now;
    this.tick();
  }

  /** The exact time, read once. */
  get now(): number {
    return this.#now();
  }

  /** Takes the time. */
  tick(): void {
    const now = this.#now();
    this.second = now;
    if (Math.floor(now / 10_000) !== Math.floor(this.ten / 10_000)) this.ten = now;
    if (Math.floor(now / 60_000) !== Math.floor(this.minute / 60_000)) this.minute = now;
  }

  /** Takes the time along with news that is painted anyway: one frame shows both, and the next tick is a second off. */
  along(): void {
    if (this.#now() - this.second < ALONG_MS) return;
    this.tick();
    this.#wait();
  }

  /** Runs until the returned function is called. */
  run(): () => void {
    this.#runs = true;
    this.#wait();
    return () => {
      this.#runs = false;
      clearTimeout(this.#next);
    };
  }

  #wait(): void {
    clearTimeout(this.#next);
    if (!this.#runs) return;
    this.#next = setTimeout(() => {
      this.tick();
      this.#wait();
    }, SECOND_MS);
  }
}
