import type { Limit, PresenceView } from '../contract';
import { m } from '../paraglide/messages.js';
import { count } from './count';
import { soon } from './time';

/** Why somebody is not to be called now, in the few words that fit into a row. */
export function rowLimitWords(limit: Limit, now: number): string {
  if (limit.limit === 'consults') {
    return m.limit_consults_row({ had: count(limit.had), a_day: count(limit.a_day) });
  }
  return quietWords(limit.until, now);
}

/** How many consults somebody had today, and quiet hours; nothing where the organisation asks for no limit. */
export function limitWords({ consults, limit }: PresenceView, now: number): string {
  const words = [];
  if (limit?.limit === 'quiet') words.push(quietWords(limit.until, now));
  if (consults !== null) {
    words.push(m.limit_consults({ had: count(consults.had), a_day: count(consults.a_day) }));
  }
  if (limit !== null) words.push(m.limit_asks());
  return words.join(' · ');
}

/** What is said before a call to somebody who is not to be called now. */
export function limitSentence(limit: Limit, name: string, now: number): string {
  if (limit.limit === 'consults') {
    return m.confirm_limit_consults({ name, had: count(limit.had), a_day: count(limit.a_day) });
  }
  return limit.until === null
    ? m.confirm_limit_quiet_always({ name })
    : m.confirm_limit_quiet({ name, time: soon(Date.parse(limit.until), now) });
}

function quietWords(until: string | null, now: number): string {
  return until === null ? m.limit_quiet_always() : m.limit_quiet({ time: soon(Date.parse(until), now) });
}
