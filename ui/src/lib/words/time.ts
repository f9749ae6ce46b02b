import { locale } from '../state/language.svelte';

const formats = new Map<string, Intl.DateTimeFormat | null>();

/** A formatter, made once; nothing when the zone is unknown to this computer. */
function format(key: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat | null {
  const full = `${locale()} ${key}`;
  if (!formats.has(full)) formats.set(full, make(options));
  return formats.get(full) ?? null;
}

function make(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat | null {
  try {
    return new Intl.DateTimeFormat(locale(), options);
  } catch {
    return null;
  }
}

/** The time of day, 24 hours, here or in a zone: "14:05"; nothing for an unknown zone. */
export function timeOfDay(ms: number, zone?: string): string | null {
  const options = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone: zone } as const;
  return format(`time ${zone ?? ''}`, options)?.format(ms) ?? null;
}

/** The time of day in a zone whose clocks show another time than here; nothing where they agree. */
export function otherTime(ms: number, zone: string | null): string | null {
  if (zone === null) return null;
  const there = timeOfDay(ms, zone);
  return there === timeOfDay(ms) ? null : there;
}

/** A moment within a week, here: "07:00", and with its day when that is not within a day's time: "Mon 07:00". */
export function soon(ms: number, now: number): string {
  if (ms - now < 86_400_000) return timeOfDay(ms) ?? '';
  const options = { weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
  return format('soon', options)?.format(ms) ?? '';
}

/** The day in words: "Friday 20 November". */
export function dayInWords(ms: number): string {
  const options = { weekday: 'long', day: 'numeric', month: 'long' } as const;
  return format('day', options)?.format(ms) ?? '';
}

/** The date in words, with its year: "6 May 2031". */
export function dateInWords(ms: number): string {
  const options = { day: 'numeric', month: 'long', year: 'numeric' } as const;
  return format('date', options)?.format(ms) ?? '';
}

/** How many midnights of this computer lie between two times. */
export function daysBetween(earlier: number, later: number): number {
  const midnight = (ms: number) => new Date(ms).setHours(0, 0, 0, 0);
  return Math.round((midnight(later) - midnight(earlier)) / 86_400_000);
}
