import { asFailure, type Backend } from '../backend/backend';
import type { Failure, FoundBy, PersonDetail, PresenceView } from '../contract';

/** Everything about the person who is shown; what was shown stays until the next person was read. */
export class Detail {
  person: PersonDetail | null = $state.raw(null);
  presence: PresenceView | null = $state.raw(null);
  favourite = $state(false);
  failure: Failure | null = $state.raw(null);
  /** Why the person is in the list: where each word of the question was found. */
  reasons: FoundBy[] = $state.raw([]);
  readonly #backend: Backend;
  #text = '';
  #wanted: string | null = null;
  #meanwhile: PresenceView | null = null;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /** Shows a person, or nobody. An answer for somebody who is no longer wanted is dropped. */
  async show(id: string | null): Promise<void> {
    this.#wanted = id;
    this.#meanwhile = null;
    this.failure = null;
    if (id === null) {
      this.person = null;
      return;
    }
    const text = this.#text;
    try {
      // Together: nobody is shown with the reasons of the one before.
      const [person, reasons] = await Promise.all([this.#backend.person(id), this.#why(id, text)]);
      if (this.#wanted !== id) return;
      if (this.#text === text) this.reasons = reasons;
      this.person = person;
      this.presence = this.#meanwhile ?? person.row.presence;
      this.favourite = person.row.favourite;
    } catch (thrown) {
      if (this.#wanted !== id) return;
      this.person = null;
      this.failure = asFailure(thrown);
    }
  }

  /** Reads the shown person again. */
  async again(): Promise<void> {
    await this.show(this.#wanted);
  }

  /** The list answers this text now: says anew why the person is in it. */
  async answers(text: string): Promise<void> {
    if (text === this.#text) return;
    this.#text = text;
    const id = this.#wanted;
    if (id === null) return;
    const reasons = await this.#why(id, text);
    if (this.#wanted === id && this.#text === text) this.reasons = reasons;
  }

  async #why(id: string, text: string): Promise<FoundBy[]> {
    return text.trim() === '' ? [] : this.#backend.why(id, text).catch(() => []);
  }

  /** Takes news of presence. */
  hear(person: string, presence: PresenceView): void {
    if (person !== this.#wanted) return;
    this.#meanwhile = presence;
    if (this.person?.row.id === person) this.presence = presence;
  }
}
