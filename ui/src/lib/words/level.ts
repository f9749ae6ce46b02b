import { m } from '../paraglide/messages.js';

/** How well somebody can know something, from the lowest on. */
export const LEVELS = [1, 2, 3, 4, 5] as const;

const words = [m.level_1, m.level_2, m.level_3, m.level_4, m.level_5];

/** A level in a word: "advanced". */
export function levelWord(level: number): string {
  return words[level - 1]?.() ?? '';
}
