import type { Backend } from '../backend/backend';

/** The height of a row in pixels, as in tokens.css. */
export const ROW_HEIGHT = 56;

/** How many rows a window can show at most: the cap of everything that is drawn. */
export function rowsOnScreen(rows: number): number {
  return Math.min(rows, Math.ceil(window.innerHeight / ROW_HEIGHT));
}

/** Reports the first painted list and the first painted change of presence, for the measurements. */
export class Painting {
  readonly #backend: Backend;
  #listPainted = false;
  #movePainted = false;
  #moves = 0;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /** A list with this many rows is about to be painted. */
  listShown(rows: number): void {
    if (this.#listPainted || rows === 0) return;
    this.#listPainted = true;
    this.#afterPaint(rows);
  }

  /** A change of presence in a list with this many rows is about to be painted. */
  moved(rows: number): void {
    this.#moves += 1;
    if (this.#movePainted) return;
    this.#movePainted = true;
    this.#afterPaint(rows);
  }

  /** The second frame begins when the first one was painted. */
  #afterPaint(rows: number): void {
    requestAnimationFrame(() =>
      requestAnimationFrame(() => {
        // A measurement that cannot be reported is nobody's trouble at the window.
        this.#backend.painted(rowsOnScreen(rows), this.#moves).catch(() => {});
      }),
    );
  }
}
