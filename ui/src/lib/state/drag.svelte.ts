import { after, type Place } from '../places';
import type { Shelves } from './shelves.svelte';

/** How far the pointer goes before it drags, in pixels. */
const THRESHOLD = 6;
/** How near to its edge the list begins to scroll, in pixels, and how fast at most. */
const EDGE = 40;
const FASTEST = 14;

/** What lies under the pointer: a person's row or a folder's head, and where that is on the screen. */
export interface Under {
  person: string | null;
  folder: string | null;
  top: number;
  bottom: number;
}

/** Where what is dragged would go: a line between two rows, or a folder's head. */
export interface Target {
  place: Place;
  /** Where the line is, on the screen; nothing when it goes into the folder at the pointer. */
  line: number | null;
}

/** A favourite who is being dragged. Nothing moves before it is let go: a line shows where it would go. */
export class Drag {
  /** Who is dragged. */
  person: string | null = $state(null);
  x = $state(0);
  y = $state(0);
  target: Target | null = $state.raw(null);
  readonly #shelves: Shelves;
  #pressed: { person: string; x: number; y: number } | null = null;

  constructor(shelves: Shelves) {
    this.#shelves = shelves;
  }

  /** The pointer went down on somebody. */
  press(person: string, x: number, y: number): void {
    this.#pressed = this.#shelves.shown ? { person, x, y } : null;
  }

  /** The pointer moved. Says whether somebody is dragged. */
  move(x: number, y: number, under: Under | null): boolean {
    const pressed = this.#pressed;
    if (!pressed) return false;
    if (this.person === null && Math.hypot(x - pressed.x, y - pressed.y) < THRESHOLD) return false;
    this.person = pressed.person;
    [this.x, this.y] = [x, y];
    this.target = under && this.#target(under, pressed.person);
    return true;
  }

  /** The pointer went up. Gives who goes where, if anybody goes anywhere. */
  drop(): { person: string; place: Place } | null {
    const { person, target } = this;
    this.cancel();
    return person !== null && target ? { person, place: target.place } : null;
  }

  /** Nobody goes anywhere. */
  cancel(): void {
    this.#pressed = null;
    this.person = null;
    this.target = null;
  }

  #target(under: Under, moved: string): Target | null {
    const middle = (under.top + under.bottom) / 2;
    if (under.person === null) {
      const people = this.#shelves.all.find(({ folder }) => folder === under.folder)?.people ?? [];
      const first = people.find((id) => id !== moved) ?? null;
      return { place: { folder: under.folder, before: first }, line: null };
    }
    if (this.y < middle) return { place: { folder: under.folder, before: under.person }, line: under.top };
    const place = after(this.#shelves.all, under.person, moved);
    return place && { place, line: under.bottom };
  }
}

/** How far a list scrolls in one frame while something is held near its edge. */
export function scrolling(y: number, top: number, bottom: number): number {
  const over = y < top + EDGE ? y - (top + EDGE) : y > bottom - EDGE ? y - (bottom - EDGE) : 0;
  return Math.max(-FASTEST, Math.min(FASTEST, over / 3));
}
