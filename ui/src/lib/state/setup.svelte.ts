import { asFailure } from '../backend/backend';
import type { Failure, SetUp } from '../contract';
import type { Rollcall } from './rollcall.svelte';

/** The fields in their order on the screen. */
export const FIELDS = ['account_id', 'client_id', 'client_secret', 'subscription_id', 'email'] as const;
export type Field = (typeof FIELDS)[number];

/** What is wrong with a field. */
export type Wrong = 'empty' | 'wrong' | 'email';

/** The form that connects this computer, and what is wrong with it. */
export class SettingUp {
  form: SetUp = $state({ account_id: '', client_id: '', client_secret: '', subscription_id: '', email: '' });
  wrong: Partial<Record<Field, Wrong>> = $state({});
  failure: Failure | null = $state.raw(null);
  busy = $state(false);
  readonly #app: Rollcall;

  constructor(app: Rollcall) {
    this.#app = app;
  }

  /** Starts the demo. */
  async demo(): Promise<void> {
    await this.#run(() => this.#app.backend.startDemo());
  }

  /** Connects when every field holds something. Says which field to go to when one does not. */
  async connect(): Promise<Field | null> {
    const form = trimmed(this.form);
    this.wrong = wrongIn(form);
    if (!this.#first()) await this.#run(() => this.#app.backend.setUp(form));
    return this.#first();
  }

  /** A field is being corrected. */
  touch(field: Field): void {
    delete this.wrong[field];
  }

  #first(): Field | null {
    return FIELDS.find((field) => this.wrong[field] !== undefined) ?? null;
  }

  async #run(command: () => Promise<void>): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.failure = null;
    try {
      await command();
    } catch (thrown) {
      this.#take(asFailure(thrown));
    } finally {
      this.busy = false;
    }
  }

  /** Puts a failure beside the field that it belongs to, where there is one. */
  #take(failure: Failure): void {
    const field = failure.code === 'bad_field' ? FIELDS.find((name) => name === failure.field) : undefined;
    if (field) this.wrong[field] = field === 'email' ? 'email' : 'wrong';
    else this.failure = failure;
  }
}

function trimmed(form: SetUp): SetUp {
  return Object.fromEntries(FIELDS.map((field) => [field, form[field].trim()])) as SetUp;
}

function wrongIn(form: SetUp): Partial<Record<Field, Wrong>> {
  const wrong: Partial<Record<Field, Wrong>> = {};
  for (const field of FIELDS) if (form[field] === '') wrong[field] = 'empty';
  if (form.email !== '' && !/^[^\s@]+@[^\s@]+$/.test(form.email)) wrong.email = 'email';
  return wrong;
}
