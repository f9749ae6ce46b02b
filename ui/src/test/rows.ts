import type { PresenceView, Row } from '../lib/contract';

/** Noon on a working day, UTC: the time of every test. */
export const NOON = Date.parse('2026-11-20T12:00:00Z');

/** A fresh presence that was heard this many seconds before noon. */
export function presence(change: Partial<PresenceView> = {}, secondsAgo = 20): PresenceView {
  return {
    state: 'available',
    last_heard: change.state ?? 'available',
    as_of: new Date(NOON - secondsAgo * 1000).toISOString(),
    source: 'event',
    freshness: 'fresh',
    until: null,
    off_call_at: null,
    consults: null,
    limit: null,
    action: 'call',
    ...change,
  };
}

/** A person in a list. */
export function row(change: Partial<Row> = {}): Row {
  return {
    id: 'mia',
    name: 'Mia Okafor',
    title: 'Payments Specialist',
    department: 'Payments',
    place: 'Lagos',
    skills: ['SEPA', 'Chargebacks'],
    time_zone: null,
    number: '+4930901820',
    second: null,
    presence: presence(),
    favourite: false,
    folder: null,
    recent: null,
    marks: [],
    ...change,
  };
}
