import type { Backend } from '../backend/backend';
import type { Failure, Status } from '../contract';

/** What failed and is still told: the engine's notices, and what failed in this window. */
export class Problems {
  #here: Failure[] = $state.raw([]);
  #notices: Failure[] = $state.raw([]);
  readonly #backend: Backend;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /** Each code once, the newest of this window first. */
  get all(): Failure[] {
    const codes = new Set(this.#here.map(({ code }) => code));
    return [...this.#here, ...this.#notices.filter(({ code }) => !codes.has(code))];
  }

  /** Tells a failure of this window. */
  tell(failure: Failure): void {
    this.#here = [failure, ...this.#here.filter(({ code }) => code !== failure.code)];
  }

  /** Takes the engine's notices. */
  take(status: Status): void {
    this.#notices = status.notices.map(({ failure }) => failure);
  }

  /** Stops telling a failure. */
  async dismiss(code: Failure['code']): Promise<void> {
    this.#here = this.#here.filter((failure) => failure.code !== code);
    if (this.#notices.some((failure) => failure.code === code)) await this.#backend.dismiss(code);
  }
}
