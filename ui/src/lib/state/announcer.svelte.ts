/** The least time between two spoken messages, in milliseconds. */
export const SILENCE_MS = 2000;

/** How long an answer stays in the status line, in milliseconds. */
const SHOWN_MS = 2500;
/** How long one stays that can be answered, in milliseconds. */
const OFFERED_MS = 10_000;

/** What can be done about something that was told. */
export interface Offer {
  label: string;
  take: () => void;
}

/** The polite live region: at most one message every two seconds, and of several waiting only the last. */
export class Announcer {
  /** What is spoken now. */
  spoken = $state('');
  /** What the status line shows for a moment: the answer to a key that changes nothing else on the screen. */
  shown = $state('');
  /** What can be done about it. */
  offer: Offer | null = $state.raw(null);
  #waiting: string | null = null;
  #hiding: ReturnType<typeof setTimeout> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Says this as soon as it may be said. */
  say(text: string): void {
    if (this.#timer !== undefined) {
      this.#waiting = text;
      return;
    }
    this.spoken = text;
    this.#timer = setTimeout(() => this.#next(), SILENCE_MS);
  }

  /** Says this, and shows it in the status line for a moment; longer when something can be done about it. */
  show(text: string, offer: Offer | null = null): void {
    this.say(text);
    this.shown = text;
    this.offer = offer;
    clearTimeout(this.#hiding);
    this.#hiding = setTimeout(() => this.hide(), offer ? OFFERED_MS : SHOWN_MS);
  }

  /** Shows the status line as it is. */
  hide(): void {
    clearTimeout(this.#hiding);
    this.shown = '';
    this.offer = null;
  }

  #next(): void {
    this.#timer = undefined;
    const waiting = this.#waiting;
    this.#waiting = null;
    if (waiting !== null) this.say(waiting);
  }
}
