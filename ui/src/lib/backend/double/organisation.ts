import type {
  DetailLine,
  FirstAction,
  HoursSpan,
  OwnExpertise,
  PresenceState,
  PresenceView,
  Row,
} from '../../contract';

/** A made-up person: the row and what only the detail shows. */
export interface Member {
  row: Row;
  email: string;
  lines: DetailLine[];
  extension: string | null;
  languages: string[];
  levels: (number | null)[];
  hours: HoursSpan[];
  note: string;
  aliases: string[];
  former_names: string[];
  told: OwnExpertise;
}

const FIRST =
  'Mia,Jonas,Aylin,Kenji,Søren,Zoë,Łukasz,Chloé,Amara,Björn,Priya,Tomás,Nadia,Ravi,Ingrid,Mateo,Yuki,Elif,Owen,Fatima'.split(
    ',',
  );
const LAST =
  'Okafor,Lindqvist,Yılmaz,Tanaka,Sørensen,Müller,Wójcik,Dubois,Nwosu,Åkesson,Raman,García,Haddad,Iyer,Solberg,Rossi,Watanabe,Demir,Byrne,Rahman'.split(
    ',',
  );
const WORK: [department: string, title: string, skills: string[]][] = [
  ['Payments', 'Payments Specialist', ['SEPA', 'Chargebacks', 'Direct debit']],
  ['Claims', 'Senior Claims Adjuster', ['Motor', 'Liability']],
  ['Network Operations', 'Network Engineer', ['VPN', 'SIP trunks', 'Firewalls']],
  ['Legal', 'Counsel', ['Data protection', 'Contracts']],
  ['Lending', 'Mortgage Adviser', ['Mortgages', 'Early repayment']],
  ['Technical Support', 'Second-line Engineer', ['Routers', 'Billing portal', 'Fibre']],
  ['Human Resources', 'People Partner', ['Parental leave', 'Payroll']],
];
const PLACES: [place: string, zone: string, code: string][] = [
  ['Berlin', 'Europe/Berlin', '+4930'],
  ['London', 'Europe/London', '+4420'],
  ['Lisbon', 'Europe/Lisbon', '+35121'],
  ['Chicago', 'America/Chicago', '+1312'],
  ['Bengaluru', 'Asia/Kolkata', '+9180'],
  ['Tokyo', 'Asia/Tokyo', '+813'],
];
const STATES: PresenceState[] = (
  'available,available,available,mobile,on_call,in_meeting,away,away,ringing,presenting,in_calendar_event,' +
  'busy,do_not_disturb,out_of_office,offline,offline,unknown'
).split(',') as PresenceState[];

const ACTIONS: Partial<Record<PresenceState, FirstAction>> = {
  available: 'call',
  mobile: 'call_told',
  in_calendar_event: 'call_told',
  away: 'call_told',
  do_not_disturb: 'ask_reason',
  unknown: 'refresh_then_call',
};

/** A repeatable source of numbers in 0..1 (mulberry32). */
export function dice(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** A presence as the engine would show it when it was heard at `asOf` (milliseconds). */
export function presenceOf(state: PresenceState, asOf: number): PresenceView {
  const unheard = state === 'unknown';
  return {
    state,
    last_heard: unheard ? 'available' : state,
    as_of: new Date(asOf).toISOString(),
    source: unheard ? 'asked' : 'event',
    freshness: unheard ? 'expired' : 'fresh',
    until: state === 'in_meeting' ? new Date(asOf + 45 * 60_000).toISOString() : null,
    off_call_at: null,
    consults: null,
    limit: null,
    action: ACTIONS[state] ?? 'ask_once_more',
  };
}

/** Any state, drawn from a plausible day. */
export function anyState(roll: () => number): PresenceState {
  return pick(STATES, roll);
}

/** The made-up organisation of this size, the same for the same seed. */
export function organisation(people: number, now: number, seed = 7): Member[] {
  const roll = dice(seed);
  return Array.from({ length: people }, (_, index) => member(index, now, roll));
}

function member(index: number, now: number, roll: () => number): Member {
  const first = pick(FIRST, roll);
  const last = pick(LAST, roll);
  const [department, title, skills] = pick(WORK, roll);
  const [place, zone, code] = pick(PLACES, roll);
  const direct = `${code}${String(5_550_000 + index).padStart(7, '0')}`;
  const mobile = roll() < 0.5 ? `+4915${String(200_000_000 + index)}` : null;
  const numberless = roll() < 0.03;
  const lines: DetailLine[] = [];
  if (!numberless) lines.push({ kind: 'direct', number: direct, grouped: grouped(direct) });
  if (!numberless && mobile) lines.push({ kind: 'mobile', number: mobile, grouped: grouped(mobile) });
  const state = anyState(roll);
  const row: Row = {
    id: `p${index}`,
    name: `${first} ${last}`,
    title,
    department,
    place,
    skills: skills.filter(() => roll() < 0.8),
    time_zone: zone,
    number: lines[0]?.number ?? null,
    second: lines[1]?.number ?? null,
    presence: presenceOf(state, now - roll() * (state === 'unknown' ? 9e6 : 4e6)),
    folder: null,
    recent: null,
    favourite: roll() < 0.02,
    marks: [],
  };
  return {
    row,
    email: `${plain(first)}.${plain(last)}${index}@example.com`,
    lines,
    extension: roll() < 0.7 ? String(1000 + index) : null,
    languages: roll() < 0.5 ? ['English', 'Deutsch'] : ['English'],
    levels: row.skills.map(() => null),
    hours: [],
    note: '',
    aliases: [],
    former_names: [],
    told: { skills: [], languages: [], hours: '', note: '', aliases: [], former_names: [] },
  };
}

function pick<T>(from: readonly T[], roll: () => number): T {
  return from[Math.floor(roll() * from.length)] as T;
}

function plain(text: string): string {
  return text
    .normalize('NFD')
    .replace(/[^a-z]/gi, '')
    .toLowerCase();
}

function grouped(number: string): string {
  return number.replace(/^(\+\d{2})(\d{2,3})(\d{3})(\d+)$/, '$1 $2 $3 $4');
}
