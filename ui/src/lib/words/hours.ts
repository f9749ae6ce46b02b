import type { HoursSpan } from '../contract';
import { locale } from '../state/language.svelte';

/** A Monday; the days after it follow. */
const MONDAY = Date.UTC(2026, 10, 16);
const DAY = 86_400_000;

/** The short name of a day, 0 for Monday: "Mon". */
export function dayName(day: number): string {
  const format = new Intl.DateTimeFormat(locale(), { weekday: 'short', timeZone: 'UTC' });
  return format.format(MONDAY + day * DAY).replace('.', '');
}

/** Working hours in words: "Mon–Fri 08:00–18:00; Sat 09:00–13:00". */
export function hoursWords(spans: HoursSpan[]): string {
  return spans.map(({ days, from, to }) => `${daysWords(days)} ${from}–${to}`).join('; ');
}

/** Days that follow each other are told from the first to the last. */
function daysWords(days: number[]): string {
  const runs: [first: number, last: number][] = [];
  for (const day of days) {
    const run = runs.at(-1);
    if (run && run[1] === day - 1) run[1] = day;
    else runs.push([day, day]);
  }
  const words = runs.map(([first, last]) =>
    first === last ? dayName(first) : `${dayName(first)}–${dayName(last)}`,
  );
  return words.join(', ');
}
