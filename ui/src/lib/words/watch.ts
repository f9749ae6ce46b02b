import type { Only, Watch } from '../contract';
import { m } from '../paraglide/messages.js';
import { count, plural } from './count';

/** Whom a watch waits for: a name, or the search as it was typed. */
export function watchName(watch: Watch): string {
  return watch.wish.whom === 'person' ? watch.name : searchName(watch.wish.text, watch.wish.only);
}

/** A search by what was typed; without a word, by whom it is among. */
export function searchName(text: string, only: Only): string {
  const among = { everyone: '', free: '', favourites: m.only_favourites(), recents: m.only_recents() }[only];
  if (text === '') return among;
  const quoted = m.watch_search({ text });
  return among === '' ? quoted : `${quoted} · ${among}`;
}

/** How many people a watch on a search waits for. */
export function watchMembers(watch: Watch): string {
  const words = plural(watch.members) === 'one' ? m.list_count_one : m.list_count_other;
  return words({ count: count(watch.members) });
}

/** How long a watch runs on, in begun minutes: "12 min". `now` may be ten seconds old. */
export function timeLeft(watch: Watch, now: number): string {
  const left = Date.parse(watch.ends_at) - now - 10_000;
  return m.age_minutes({ n: Math.max(1, Math.ceil(left / 60_000)) });
}
