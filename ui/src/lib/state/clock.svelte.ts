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

  /** Runs until the returned function is called. */
  run(): () => void {
    const timer = setInterval(() => this.tick(), 1000);
    return () => clearInterval(timer);
  }
}
