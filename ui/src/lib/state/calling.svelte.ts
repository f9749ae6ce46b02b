import { asFailure, type Backend } from '../backend/backend';
import type { CallRequest, Confirmation, Consult, Failure } from '../contract';

/** What became of a wish to call, for whoever tells it. */
export interface Told {
  placed(consult: Consult): void;
  failed(failure: Failure): void;
}

/** Calls, and the question that may come before one. The engine decides whether it asks. */
export class Calling {
  /** What is asked now. */
  confirmation: Confirmation | null = $state.raw(null);
  /** Whether a wish is on its way. */
  busy = $state(false);
  readonly #backend: Backend;
  readonly #told: Told;

  constructor(backend: Backend, told: Told) {
    this.#backend = backend;
    this.#told = told;
  }

  /** Wishes to call a person, by the first number or this one. */
  async call(person: string | null, number: string | null = null): Promise<void> {
    await this.#wish({ person, number, confirmed: false, reason: null });
  }

  /** Goes on after the question, with a reason where one was wanted. */
  async goOn(reason: string): Promise<void> {
    const asked = this.confirmation;
    if (!asked || this.busy) return;
    this.confirmation = null;
    const why = reason.trim();
    await this.#wish({ person: asked.person, number: asked.number, confirmed: true, reason: why || null });
  }

  /** Calls somebody else than was asked about. */
  async callInstead(person: string): Promise<void> {
    this.confirmation = null;
    await this.call(person);
  }

  /** Asks, because a link was opened. */
  ask(confirmation: Confirmation): void {
    this.confirmation = confirmation;
  }

  /** Does not call. */
  back(): void {
    this.confirmation = null;
  }

  async #wish(request: CallRequest): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    try {
      const answer = await this.#backend.call(request);
      if (answer.answer === 'confirm') this.confirmation = answer.confirmation;
      else this.#told.placed(answer.consult);
    } catch (thrown) {
      this.#told.failed(asFailure(thrown));
    } finally {
      this.busy = false;
    }
  }
}
