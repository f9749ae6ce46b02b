import type { PresenceState, PresenceView } from '../contract';
import { m } from '../paraglide/messages.js';
import { ago, spokenAgo } from './age';
import { count } from './count';
import { timeOfDay } from './time';

const STATES: Record<PresenceState, () => string> = {
  available: m.presence_available,
  mobile: m.presence_mobile,
  ringing: m.presence_ringing,
  on_call: m.presence_on_call,
  in_meeting: m.presence_in_meeting,
  presenting: m.presence_presenting,
  in_calendar_event: m.presence_in_calendar_event,
  busy: m.presence_busy,
  do_not_disturb: m.presence_do_not_disturb,
  away: m.presence_away,
  out_of_office: m.presence_out_of_office,
  offline: m.presence_offline,
  unknown: m.presence_unknown,
};

/** Every state there is, best first. */
export const ALL_STATES = Object.keys(STATES) as PresenceState[];

/** The state in a word. */
export function stateWord(state: PresenceState): string {
  return STATES[state]();
}

/** Presence in words: with its end when Zoom gives one, and with a call that ended a moment ago. */
export function presenceWords(presence: PresenceView, now: number): string {
  const { state, last_heard, until, off_call_at } = presence;
  if (state === 'unknown') {
    return last_heard === 'unknown'
      ? stateWord(state)
      : m.presence_last_heard({ state: stateWord(last_heard) });
  }
  if (off_call_at !== null && (state === 'available' || state === 'mobile')) {
    return m.presence_off_call({ age: ago(now - Date.parse(off_call_at)) });
  }
  const end = until === null ? now : Date.parse(until);
  if (end <= now) return stateWord(state);
  const minutes = Math.ceil((end - now) / 60_000);
  if (state === 'do_not_disturb' && minutes < 60) {
    return m.presence_left({ state: stateWord(state), minutes: count(minutes) });
  }
  return m.presence_until({ state: stateWord(state), time: timeOfDay(end) ?? '' });
}

/** Presence in the few words that fit into a row: what an unknown state was before is told elsewhere. */
export function rowPresenceWords(presence: PresenceView, now: number): string {
  return presence.state === 'unknown' ? stateWord('unknown') : presenceWords(presence, now);
}

/**
 * The age of the presence in milliseconds where it matters: always when it is old or too old to believe;
 * while fresh only for states in which somebody waits for an end that is not known, from one minute on.
 */
export function ageThatMatters(presence: PresenceView, now: number): number | null {
  const { state, as_of, freshness, until } = presence;
  if (as_of === null) return null;
  const age = now - Date.parse(as_of);
  if (freshness !== 'fresh') return age;
  if (until !== null && Date.parse(until) > now) return null;
  const passing =
    state !== 'available' && state !== 'mobile' && state !== 'offline' && state !== 'out_of_office';
  return passing && age >= 60_000 ? age : null;
}

/** How the presence came to be known, and how long ago. */
export function provenance(presence: PresenceView, now: number): string {
  const { as_of, source, freshness } = presence;
  if (as_of === null || source === null) return m.presence_never();
  const age = ago(now - Date.parse(as_of));
  const words = { event: m.source_event, asked: m.source_asked, inferred: m.source_inferred };
  const heard = words[source]({ age });
  if (freshness === 'old') return `${heard} · ${m.fresh_old()}`;
  return freshness === 'expired' ? `${heard} · ${m.fresh_expired()}` : heard;
}

/** How old the presence is, to be spoken; nothing when it was never heard. */
export function spokenAge(presence: PresenceView, now: number): string | null {
  return presence.as_of === null ? null : spokenAgo(now - Date.parse(presence.as_of));
}
