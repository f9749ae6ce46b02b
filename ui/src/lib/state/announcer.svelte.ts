/** The least time between two spoken messages, in milliseconds. */
export const SILENCE_MS = 2000;

/** How long an answer stays in the status line, in milliseconds. */
const SHOWN_MS = 2500;

/** The polite live region: at most one message every two seconds, and of several waiting only the last. */
export class Announcer {
  /** What is spoken now. */
  spoken = $state('');
  /** What the status line shows for a moment: the answer to a key that changes nothing else on the screen. */
  shown = $state('');
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

  /** Says this, and shows it in the status line for a moment. */
  show(text: string): void {
    this.say(text);
    this.shown = text;
    clearTimeout(this.#hiding);
    this.#hiding = setTimeout(() => (this.shown = ''), SHOWN_MS);
  }

  #next(): void {
    this.#timer = undefined;
    const waiting = this.#waiting;
    this.#waiting = null;
    if (waiting !== null) this.say(waiting);
  }
}
