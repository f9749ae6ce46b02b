import type { PresenceView, Row } from '../contract';
import { m } from '../paraglide/messages.js';
import { rowLimitWords } from './limit';
import { presenceWords, spokenAge } from './presence';
import { otherTime } from './time';

/** The row as it is spoken: "Mia Okafor, Payments, available, 20 seconds ago, 14:05 local time, call". */
export function rowSentence(
  row: Row,
  presence: PresenceView,
  favourite: boolean,
  now: number,
  watched = false,
): string {
  const time = otherTime(now, row.time_zone);
  return [
    row.name,
    favourite ? m.row_favourite() : null,
    watched ? m.row_watched() : null,
    row.department || row.title,
    presenceWords(presence, now),
    spokenAge(presence, now),
    presence.limit === null ? null : rowLimitWords(presence.limit, now),
    time === null ? null : m.local_time({ time }),
    firstActionWord(row, presence),
  ]
    .filter(Boolean)
    .join(', ');
}

function firstActionWord(row: Row, presence: PresenceView): string {
  if (row.number === null) return m.row_no_number();
  return presence.action === 'call' || presence.action === 'call_told' ? m.row_call() : m.row_ask();
}
