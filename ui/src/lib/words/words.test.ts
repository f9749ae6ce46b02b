import { readdirSync, readFileSync } from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import { NOON, presence, row } from '../../test/rows';
import type { Consult, Failure } from '../contract';
import { speak } from '../state/language.svelte';
import { ago, duration, shortAge } from './age';
import { consultWords, talked } from './consult';
import { failureSentence } from './failure';
import { limitSentence, limitWords, rowLimitWords } from './limit';
import { ageThatMatters, ALL_STATES, presenceWords, rowPresenceWords, stateWord } from './presence';
import { rowSentence } from './row';

const MINUTE = 60_000;

beforeEach(() => speak('en'));

describe('ages', () => {
  it.each([
    [20_000, '20 s'],
    [12 * MINUTE, '12 min'],
    [47 * 60 * MINUTE, '47 h'],
    [50 * 60 * MINUTE, '2 d'],
    [-5000, '0 s'],
  ])('%i ms are %s', (ms, words) => expect(shortAge(ms)).toBe(words));

  it('of a moment are just now', () => expect(ago(3000)).toBe('just now'));

  it('of a talk count hours only when there are some', () => {
    expect(duration(67_000)).toBe('1:07');
    expect(duration(3_729_000)).toBe('1:02:09');
  });
});

describe('limits', () => {
  const consults = { limit: 'consults', had: 6, a_day: 6 } as const;
  const quiet = (hours: number) =>
    ({ limit: 'quiet', until: new Date(NOON + hours * 60 * MINUTE).toISOString() }) as const;

  it('tell how many consults somebody had', () => {
    expect(rowLimitWords(consults, NOON)).toBe('6/6 today');
    expect(limitSentence(consults, 'Mia', NOON)).toContain('6 of 6 consults today');
    const today = { had: 3, a_day: 6 };
    expect(limitWords(presence({ consults: today }), NOON)).toBe('3 of 6 consults today');
    expect(limitWords(presence({ consults: { had: 6, a_day: 6 }, limit: consults }), NOON)).toBe(
      '6 of 6 consults today · Calling asks once more',
    );
    expect(limitWords(presence(), NOON)).toBe('');
  });

  it('tell when quiet hours end, with the day when that is not soon', () => {
    expect(rowLimitWords(quiet(7), NOON)).toMatch(/^quiet hours until \d\d:00$/);
    expect(rowLimitWords(quiet(60), NOON)).toMatch(/^quiet hours until (Sun|Mon),? \d\d:00$/);
    expect(rowLimitWords({ limit: 'quiet', until: null }, NOON)).toBe('quiet hours');
    expect(limitSentence(quiet(7), 'Mia', NOON)).toMatch(/where Mia is, until \d\d:00\.$/);
  });

  it('are spoken with the row', () => {
    expect(rowSentence(row(), presence({ limit: consults }), false, NOON)).toContain('6/6 today');
  });
});

describe('presence', () => {
  it('has a word for every state in both languages', () => {
    for (const language of ['en', 'de'] as const) {
      speak(language);
      expect(new Set(ALL_STATES.map(stateWord)).size).toBe(13);
    }
  });

  it('tells when a meeting ends', () => {
    const quiet = presence({ state: 'do_not_disturb', until: new Date(NOON + 11.2 * MINUTE).toISOString() });
    expect(presenceWords(quiet, NOON)).toBe('do not disturb, 12 min left');
    const meeting = presence({ state: 'in_meeting', until: new Date(NOON + 30 * MINUTE).toISOString() });
    expect(presenceWords(meeting, NOON)).toMatch(/^in a meeting until \d\d:30$/);
    expect(presenceWords(meeting, NOON + 31 * MINUTE)).toBe('in a meeting');
  });

  it('tells a call that ended a moment ago', () => {
    const off = presence({ off_call_at: new Date(NOON - 20_000).toISOString() });
    expect(presenceWords(off, NOON)).toBe('off a call, 20 s ago');
  });

  it('that is too old is never told as it was, only as what it was', () => {
    const expired = presence({ state: 'unknown', last_heard: 'available', freshness: 'expired' }, 3600);
    expect(presenceWords(expired, NOON)).toBe('unknown, was available');
    expect(rowPresenceWords(expired, NOON)).toBe('unknown');
    expect(ageThatMatters(expired, NOON)).toBe(3_600_000);
  });

  it('shows its age only where the age matters', () => {
    expect(ageThatMatters(presence({}, 600), NOON)).toBeNull();
    expect(ageThatMatters(presence({ state: 'away' }, 30), NOON)).toBeNull();
    expect(ageThatMatters(presence({ state: 'away' }, 600), NOON)).toBe(600_000);
    expect(ageThatMatters(presence({ freshness: 'old' }, 600), NOON)).toBe(600_000);
  });
});

describe('a row', () => {
  it('is spoken as one sentence', () => {
    const sentence = rowSentence(row(), presence(), false, NOON);
    expect(sentence).toBe('Mia Okafor, Payments, available, 20 seconds ago, call');
  });

  it('says that it asks, that there is no number, that it is a favourite', () => {
    const busy = presence({ state: 'busy', action: 'ask_once_more' });
    expect(rowSentence(row(), busy, true, NOON)).toContain('Mia Okafor, favourite, Payments, busy');
    expect(rowSentence(row(), busy, false, NOON)).toMatch(/asks before it calls$/);
    expect(rowSentence(row({ number: null }), presence(), false, NOON)).toMatch(/no number$/);
  });
});

describe('a call', () => {
  const consult = { state: 'ended', outcome: 'no_answer', answered_at: null, ended_at: null } as Consult;

  it('that ended says how', () => expect(consultWords(consult)).toBe('No answer'));

  it('was talked from the answer on', () => {
    const answered_at = new Date(NOON - 67_000).toISOString();
    expect(talked({ ...consult, answered_at }, NOON)).toBe(67_000);
    expect(talked(consult, NOON)).toBeNull();
  });
});

describe('the catalogue', () => {
  const read = (locale: string): Record<string, string> =>
    JSON.parse(readFileSync(`messages/${locale}.json`, 'utf8'));
  const [en, de] = [read('en'), read('de')];
  const inputs = (message = '') => (message.match(/\{\w+\}/g) ?? []).sort();

  it('has the same messages with the same inputs in both languages', () => {
    expect(Object.keys(de)).toEqual(Object.keys(en));
    for (const key of Object.keys(en)) expect(inputs(de[key]), key).toEqual(inputs(en[key]));
  });

  it('has no message that nobody says', () => {
    const window = readdirSync('src', { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(svelte|ts)$/.test(name) && !name.includes('paraglide'))
      .map((name) => readFileSync(`src/${name}`, 'utf8'))
      .join('\n');
    // The tray, the toasts and what a browser shows are the shell's.
    const here = Object.keys(en).filter((key) => !/^(\$schema$|tray_|toast_|browser_)/.test(key));
    expect(here.filter((key) => !new RegExp(`\\bm\\.${key}\\b`).test(window))).toEqual([]);
  });

  it('has a sentence for every failure code of the contract, which says all that the failure carries', () => {
    const contract = readFileSync('src/lib/contract.ts', 'utf8');
    const type = contract.slice(contract.indexOf('type Failure'), contract.indexOf('export type Question'));
    const codes = [...type.matchAll(/"code": "(\w+)"/g)].map((match) => match[1]);
    expect(codes.length).toBeGreaterThan(25);
    for (const language of ['en', 'de'] as const) {
      speak(language);
      for (const code of codes) expect(failureSentence(failure(code))).not.toMatch(/undefined|NaN|internal/);
    }
  });

  function failure(code: string | undefined): Failure {
    const carried = {
      scopes: ['user:read'],
      retry_secs: 20,
      most: 60,
      version: 2,
      until: new Date(NOON).toISOString(),
      status: 503,
      ahead_secs: -3600,
      relay: 2,
      desk: 1,
      kept_as: 'old.db',
      restored: true,
      field: 'email',
      reference: 'r1',
    };
    return { code, ...carried } as unknown as Failure;
  }
});
