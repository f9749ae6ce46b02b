import { asFailure } from '../backend/backend';
import type { Failure, Invitation } from '../contract';
import type { Rollcall } from './rollcall.svelte';

/** The fields of the join screen. */
export type JoinField = 'code' | 'relay' | 'organisation';

/** The failures that belong to a field. */
const FIELD_OF: Partial<Record<Failure['code'], JoinField>> = {
  not_an_invitation: 'code',
  code_refused: 'code',
  not_a_relay_address: 'relay',
  relay_not_encrypted: 'relay',
  not_a_relay: 'relay',
};

/** The join screen: what stands in it, what is wrong with it, and how far it is. */
export class Joining {
  /** With an invitation, or by signing in with Zoom. */
  way: 'invitation' | 'zoom' = $state('invitation');
  invitation: Invitation = $state({ code: '', relay: '' });
  organisation = $state('');
  /** Whether a link filled it in. */
  readonly byLink: boolean;
  wrong: Partial<Record<JoinField, Failure | 'empty'>> = $state({});
  failure: Failure | null = $state.raw(null);
  busy = $state(false);
  /** What was opened in the browser, while it is waited for. */
  browser: string | null = $state(null);
  readonly #app: Rollcall;

  constructor(app: Rollcall, invitation?: Invitation) {
    this.#app = app;
    this.byLink = invitation !== undefined && invitation.code !== '';
    if (invitation) this.#fill(invitation);
    if (invitation && invitation.code === '') this.way = 'zoom';
  }

  /** Something was put into the invitation's field: a whole link fills both fields. */
  async entered(): Promise<void> {
    this.touch('code');
    if (!/rollcall:/i.test(this.invitation.code)) return;
    try {
      this.#fill(await this.#app.backend.readInvitation(this.invitation.code));
      this.touch('relay');
    } catch {
      // A link may still be on its way, key by key; what is wrong with it is said when it is used.
    }
  }

  /** A field is being corrected. */
  touch(field: JoinField): void {
    delete this.wrong[field];
    this.failure = null;
  }

  /** Goes the other way; what was typed stays. */
  turn(way: Joining['way']): void {
    this.way = way;
    this.wrong = {};
    this.failure = null;
  }

  /** Joins with the invitation. Says which field to go to when one is wrong. */
  async join(): Promise<JoinField | null> {
    const { code, relay } = this.invitation;
    const whole = /rollcall:/i.test(code);
    this.#require({ code, ...(whole ? {} : { relay }) });
    if (!this.#first()) await this.#run(() => this.#app.backend.join({ code, relay }));
    return this.#first();
  }

  /** Opens the browser and waits for it. Says which field to go to when one is wrong. */
  async signIn(): Promise<JoinField | null> {
    const { relay } = this.invitation;
    this.#require({ relay });
    if (!this.#first()) {
      await this.#run(async () => {
        const { address } = await this.#app.backend.signIn({ relay, organisation: this.organisation });
        this.browser = address;
        await this.#app.backend.signedIn();
      });
    }
    return this.#first();
  }

  /** Stops waiting for the browser. */
  async stop(): Promise<void> {
    this.browser = null;
    await this.#app.attempt(this.#app.backend.stopSignIn());
  }

  /** Leaves the screen. */
  async leave(): Promise<void> {
    if (this.browser !== null) await this.stop();
    if (this.#app.joining === this) this.#app.joining = null;
  }

  #fill({ code, relay }: Invitation): void {
    this.invitation = { code, relay };
  }

  #require(fields: Partial<Record<JoinField, string>>): void {
    this.wrong = {};
    for (const [field, value] of Object.entries(fields)) {
      if (value.trim() === '') this.wrong[field as JoinField] = 'empty';
    }
  }

  #first(): JoinField | null {
    return (['code', 'relay', 'organisation'] as const).find((field) => this.wrong[field]) ?? null;
  }

  async #run(command: () => Promise<void>): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.failure = null;
    try {
      await command();
      if (this.#app.joining === this) this.#app.joining = null;
    } catch (thrown) {
      this.#take(asFailure(thrown));
    } finally {
      this.busy = false;
      this.browser = null;
    }
  }

  /** Puts a failure beside the field that it belongs to, where there is one on this way. */
  #take(failure: Failure): void {
    // The person stopped it; there is nothing to say.
    if (failure.code === 'sign_in_unknown' && this.browser === null) return;
    const named =
      failure.code === 'bad_field' && failure.field === 'organisation' ? 'organisation' : undefined;
    const field = named ?? FIELD_OF[failure.code];
    const here = this.way === 'invitation' ? field !== 'organisation' : field !== 'code';
    if (field && here) this.wrong[field] = failure;
    else this.failure = failure;
  }
}
