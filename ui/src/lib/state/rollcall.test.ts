import { tick } from 'svelte';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { double, type Double } from '../backend/double';
import { presenceOf } from '../backend/double/organisation';
import type { Consult, PresenceState } from '../contract';
import { NOON } from '../../test/rows';
import { Announcer, SILENCE_MS } from './announcer.svelte';
import { Clock } from './clock.svelte';
import { ENDED_STAYS_MS } from './consults.svelte';
import { Rollcall } from './rollcall.svelte';

let engine: Double;
let app: Rollcall;
const did = (command: string) => engine.done.filter(([name]) => name === command).map(([, ...args]) => args);

beforeEach(async () => {
  engine = double({ people: 50, now: () => NOON });
  app = new Rollcall(engine, new Clock(() => NOON));
  await app.start();
});

/** Chooses somebody in this state who has a number. */
function choose(state: PresenceState) {
  const member = engine.members.find(({ row }) => row.number !== null && row.id !== 'p0')!;
  member.row.presence = presenceOf(state, NOON);
  app.selection.choose(member.row.id);
  return member.row;
}

describe('Enter', () => {
  it('calls a person who is free at once', async () => {
    const row = choose('available');
    await app.act();
    expect(did('call')).toEqual([[{ person: row.id, number: null, confirmed: false, reason: null }]]);
    expect(app.consults.live?.number).toBe(row.number);
  });

  it('shows the question that the engine asks, and goes on with a reason', async () => {
    const row = choose('do_not_disturb');
    await app.act();
    expect(app.calling.confirmation).toMatchObject({ action: 'ask_reason', number: row.number });
    await app.calling.goOn('  customer in tears ');
    expect(did('call').at(-1)).toEqual([
      { person: row.id, number: row.number, confirmed: true, reason: 'customer in tears' },
    ]);
    expect(app.calling.confirmation).toBeNull();
  });

  it('stays on whom Enter would call when the list comes again by itself', async () => {
    await app.type('a');
    const { active } = app.selection;
    app.search.entries = [...app.search.entries].reverse();
    app.selection.settle(true);
    expect(app.selection.active).toBe(active);
    app.selection.settle();
    expect(app.selection.active).toBe(app.search.entries[0]!.id);
  });

  it('waits for the answer to what was typed last', async () => {
    const wanted = engine.members.find(({ row }) => row.number !== null && row.name.startsWith('Mia'))!.row;
    app.selection.choose('p7');
    void app.type(wanted.name);
    await app.act();
    const [request] = did('call')[0] as [{ person: string }];
    expect(engine.members.find(({ row }) => row.id === request.person)?.row.name).toBe(wanted.name);
  });

  it('does nothing before somebody was chosen or typed for', async () => {
    await app.act();
    expect(did('call')).toEqual([]);
  });

  it('with Shift says so when there is no second number', async () => {
    const member = engine.members.find(({ row }) => row.number !== null && row.second === null)!;
    app.selection.choose(member.row.id);
    await app.act('second');
    expect(app.problems.all.map(({ code }) => code)).toEqual(['no_number']);
  });

  it('tells what failed and keeps the list', async () => {
    choose('available');
    engine.failNext('call', { code: 'no_dialer' });
    await app.act();
    expect(app.problems.all).toEqual([{ code: 'no_dialer' }]);
    expect(app.search.entries).toHaveLength(50);
    await app.problems.dismiss('no_dialer');
    expect(app.problems.all).toEqual([]);
  });
});

describe('Esc', () => {
  it('walks back: search, opened person, window', async () => {
    await app.type('a');
    app.selection.open();
    await app.back(false);
    expect(app.search.text).toBe('');
    expect(app.selection.opened).not.toBeNull();
    await app.back(false);
    expect(app.selection.opened).toBeNull();
    expect(did('hide')).toHaveLength(0);
    await app.back(false);
    expect(did('hide')).toHaveLength(1);
  });

  it('closes what covers the list before it clears the search', async () => {
    await app.type('a');
    app.selection.open();
    await app.back(true);
    expect(app.selection.opened).toBeNull();
    expect(app.search.text).toBe('a');
  });
});

describe('news', () => {
  it('of presence reaches the row, and is spoken only for the active person', () => {
    const [active, other] = [app.search.entries[0]!, app.search.entries[1]!];
    app.selection.choose(active.id);
    const say = vi.spyOn(app.announcer, 'say');
    engine.say({ push: 'presence', person: other.id, presence: presenceOf('busy', NOON) });
    expect(other.presence.state).toBe('busy');
    expect(say).not.toHaveBeenCalled();
    engine.say({ push: 'presence', person: active.id, presence: presenceOf('busy', NOON) });
    expect(say).toHaveBeenCalledWith(`${active.row.name}, busy`);
  });

  it('of a link opens the person', () => {
    app.section = 'settings';
    engine.say({ push: 'open', person: 'p3' });
    expect([app.section, app.selection.opened]).toEqual(['people', 'p3']);
  });

  it('of another organisation leaves nothing of the last one', async () => {
    await app.type('a');
    app.selection.open();
    await engine.leave();
    expect(app.status?.mode).toBe('unset');
    expect(app.search.entries).toEqual([]);
    expect([app.search.text, app.selection.opened]).toEqual(['', null]);
  });

  it('of notices is told until it is dismissed at the engine', async () => {
    engine.stand({
      notices: [{ failure: { code: 'keychain_locked' }, since: new Date(NOON).toISOString() }],
    });
    expect(app.problems.all).toEqual([{ code: 'keychain_locked' }]);
    await app.problems.dismiss('keychain_locked');
    expect(did('dismiss')).toEqual([['keychain_locked']]);
    expect(app.problems.all).toEqual([]);
  });

  it('of a call that ended leaves the strip after a while', () => {
    vi.useFakeTimers();
    const consult = { id: 'c1', name: 'Mia', number: '+491', state: 'ended', outcome: 'answered' } as Consult;
    engine.say({ push: 'consult', consult: { ...consult, state: 'connected' } });
    engine.say({ push: 'consult', consult });
    expect(app.consults.live?.state).toBe('ended');
    vi.advanceTimersByTime(ENDED_STAYS_MS);
    expect(app.consults.live).toBeNull();
  });
});

describe('a favourite', () => {
  it('that cannot be kept goes back', async () => {
    const entry = app.search.entries[0]!;
    const before = entry.favourite;
    engine.failNext('favourite', { code: 'database_unwritable' });
    await app.toggleFavourite(entry.id);
    expect(entry.favourite).toBe(before);
    expect(app.problems.all).toEqual([{ code: 'database_unwritable' }]);
  });
});

describe('a setting', () => {
  it('that cannot be kept goes back', async () => {
    engine.failNext('saveSettings', { code: 'database_unwritable' });
    expect(await app.choices.choose({ theme: 'dark' })).toEqual({ code: 'database_unwritable' });
    expect(document.documentElement.dataset.theme).toBeUndefined();
    await app.choices.choose({ theme: 'dark' });
    expect(document.documentElement.dataset.theme).toBe('dark');
    await app.choices.choose({ theme: 'system' });
  });
});

describe('the live region', () => {
  it('speaks at most once in two seconds, and then only the last', () => {
    vi.useFakeTimers();
    const announcer = new Announcer();
    ['one', 'two', 'three'].forEach((text) => announcer.say(text));
    expect(announcer.spoken).toBe('one');
    vi.advanceTimersByTime(SILENCE_MS - 1);
    expect(announcer.spoken).toBe('one');
    vi.advanceTimersByTime(1);
    expect(announcer.spoken).toBe('three');
  });
});

describe('painting', () => {
  it('is reported once for the list and once for the first change of presence', async () => {
    const frames = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    await frames();
    await tick();
    const change = { push: 'presence', person: 'p0', presence: presenceOf('busy', NOON) } as const;
    engine.say(change, change);
    await frames();
    await vi.waitFor(() => expect(did('painted')).toHaveLength(2));
    const [list, move] = did('painted');
    expect(list?.[1]).toBe(0);
    expect(move?.[1]).toBe(2);
  });
});
