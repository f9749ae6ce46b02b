import { m } from '../paraglide/messages.js';
import { plural } from './count';

/** A span of time in its largest whole unit. */
export interface Age {
  n: number;
  unit: 'seconds' | 'minutes' | 'hours' | 'days';
}

/** Measures a span of milliseconds; less than nothing counts as nothing. */
export function ageOf(ms: number): Age {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return { n: seconds, unit: 'seconds' };
  if (seconds < 3600) return { n: Math.floor(seconds / 60), unit: 'minutes' };
  if (seconds < 48 * 3600) return { n: Math.floor(seconds / 3600), unit: 'hours' };
  return { n: Math.floor(seconds / 86_400), unit: 'days' };
}

/** A span in short: "20 s", "12 min". */
export function shortAge(ms: number): string {
  const { n, unit } = ageOf(ms);
  const words = { seconds: m.age_seconds, minutes: m.age_minutes, hours: m.age_hours, days: m.age_days };
  return words[unit]({ n });
}

/** How long ago, in short: "just now", "12 min ago". */
export function ago(ms: number): string {
  return ms < 5000 ? m.ago_now() : m.ago({ age: shortAge(ms) });
}

/** How long ago, to be spoken: "20 seconds ago". */
export function spokenAgo(ms: number): string {
  const { n, unit } = ageOf(ms);
  const words = {
    seconds: [m.spoken_seconds_one, m.spoken_seconds_other],
    minutes: [m.spoken_minutes_one, m.spoken_minutes_other],
    hours: [m.spoken_hours_one, m.spoken_hours_other],
    days: [m.spoken_days_one, m.spoken_days_other],
  } as const;
  const [one, other] = words[unit];
  return m.ago({ age: plural(n) === 'one' ? one({ n }) : other({ n }) });
}

/** The length of a talk: "0:07", "12:40", "1:02:09". */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const two = (n: number) => String(n).padStart(2, '0');
  const [h, min, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return h > 0 ? `${h}:${two(min)}:${two(s)}` : `${min}:${two(s)}`;
}
