import { beforeEach, describe, expect, it, vi } from 'vitest';
import { presence, row } from '../../test/rows';
import type { Backend } from '../backend/backend';
import type { Answer, Question } from '../contract';
import { countMoves, Search } from './search.svelte';

/** A backend whose answers are given by hand, in any order. */
class SlowEngine {
  asked: {
    question: Question;
    answer: (ids: string[], total?: number) => void;
    fail: (why: unknown) => void;
  }[] = [];

  ask = (question: Question): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const answer = (ids: string[], total = ids.length) =>
        resolve({
          number: question.number,
          rows: ids.map((id) => row({ id })),
          total,
          among: 100,
          filters: [],
        });
      this.asked.push({ question, answer, fail: reject });
    });

  get last() {
    return this.asked.at(-1)!;
  }
}

let engine: SlowEngine;
let search: Search;
const shown = () => search.entries.map(({ id }) => id);

beforeEach(() => {
  engine = new SlowEngine();
  search = new Search(engine as unknown as Backend);
});

describe('the search', () => {
  it('drops an answer that was overtaken', async () => {
    const [first, second] = [search.type('m'), search.type('mi')];
    engine.asked[1]!.answer(['mia']);
    engine.asked[0]!.answer(['max', 'mia']);
    await Promise.all([first, second]);
    expect(shown()).toEqual(['mia']);
  });

  it('keeps the old rows until the new ones come', async () => {
    const first = search.type('m');
    engine.last.answer(['max']);
    await first;
    const second = search.type('mi');
    expect(shown()).toEqual(['max']);
    engine.last.answer(['mia']);
    await second;
    expect(shown()).toEqual(['mia']);
  });

  it('keeps the old rows and says why when a question fails', async () => {
    const first = search.type('m');
    engine.last.answer(['max']);
    await first;
    const second = search.type('mi');
    engine.last.fail({ code: 'internal', reference: 'r1' });
    await second;
    expect(shown()).toEqual(['max']);
    expect(search.failure?.code).toBe('internal');
  });

  it('repaints one row in place when presence changes', async () => {
    const asking = search.ask();
    engine.last.answer(['a', 'b', 'c']);
    await asking;
    expect(search.hear('b', presence({ state: 'busy' }))).toBe(true);
    expect(search.hear('z', presence())).toBe(false);
    expect(search.entries.map((entry) => entry.presence.state)).toEqual(['available', 'busy', 'available']);
    expect(shown()).toEqual(['a', 'b', 'c']);
  });

  it('keeps news that came while the question was on its way', async () => {
    const asking = search.ask();
    search.hear('a', presence({ state: 'on_call' }));
    engine.last.answer(['a']);
    await asking;
    expect(search.entry('a')?.presence.state).toBe('on_call');
  });

  it('tells rows in place what is new while the list is held, and shows the rest when it is let go', async () => {
    vi.useFakeTimers();
    const asking = search.ask();
    engine.last.answer(['a', 'b']);
    await asking;
    search.held = true;
    search.changed();
    await vi.advanceTimersByTimeAsync(5000);
    expect(engine.asked).toHaveLength(2);
    engine.last.answer(['c', 'b', 'a']);
    await vi.advanceTimersByTimeAsync(0);
    expect(shown()).toEqual(['a', 'b']);
    expect(search.changes).toBe(1);
    search.held = false;
    search.settle();
    await vi.advanceTimersByTimeAsync(5000);
    engine.last.answer(['c', 'b', 'a']);
    await vi.advanceTimersByTimeAsync(0);
    expect(shown()).toEqual(['c', 'b', 'a']);
    expect(search.changes).toBe(0);
  });

  it('says nothing of changes when nobody would come, go or move', async () => {
    vi.useFakeTimers();
    const asking = search.ask();
    engine.last.answer(['a', 'b']);
    await asking;
    search.held = true;
    search.changed();
    await vi.advanceTimersByTimeAsync(5000);
    engine.last.answer(['a', 'b']);
    await vi.advanceTimersByTimeAsync(0);
    expect(search.changes).toBe(0);
  });

  it('counts who comes and goes, else who moves', () => {
    expect(countMoves(['a', 'b', 'c'], ['b', 'c', 'd'])).toBe(2);
    expect(countMoves(['a', 'b', 'c'], ['a', 'c', 'b'])).toBe(2);
    expect(countMoves(['a', 'b'], ['a', 'b'])).toBe(0);
  });

  it('ranks anew after a while when states have changed', async () => {
    vi.useFakeTimers();
    const asking = search.ask();
    engine.last.answer(['a', 'b']);
    await asking;
    search.hear('a', presence({ state: 'offline' }));
    search.hear('z', presence({ state: 'available' }));
    await vi.advanceTimersByTimeAsync(10_000);
    expect(engine.asked).toHaveLength(2);
  });

  it('says that nobody asked for it when it ranks anew by itself', async () => {
    vi.useFakeTimers();
    const shown: boolean[] = [];
    search.onShown = (again) => shown.push(again);
    const asking = search.type('m');
    engine.last.answer(['a', 'b']);
    await asking;
    search.hear('a', presence({ state: 'offline' }));
    await vi.advanceTimersByTimeAsync(10_000);
    engine.last.answer(['b', 'a']);
    await vi.advanceTimersByTimeAsync(0);
    expect(shown).toEqual([false, true]);
  });

  it('gathers changes into one question when nobody holds the list', async () => {
    vi.useFakeTimers();
    for (let change = 0; change < 20; change += 1) search.changed();
    await vi.advanceTimersByTimeAsync(5000);
    expect(engine.asked).toHaveLength(1);
  });

  it('adds further rows at the end without moving those that are there', async () => {
    const ids = Array.from({ length: 80 }, (_, index) => `p${index}`);
    const asking = search.ask();
    engine.last.answer(ids, 300);
    await asking;
    await search.reach(20);
    expect(engine.asked).toHaveLength(1);
    const more = search.reach(70);
    expect(engine.last.question).toMatchObject({ skip: 40, limit: 280 });
    engine.last.answer(['new', ...ids.slice(40).toReversed()], 300);
    await more;
    expect(shown()).toEqual([...ids, 'new']);
  });

  it('goes on to the last of very many, and then moves only when it is asked to', async () => {
    vi.useFakeTimers();
    const ids = Array.from({ length: 3000 }, (_, index) => `p${index}`);
    const page = () => {
      const { skip, limit } = engine.last.question;
      engine.last.answer(ids.slice(skip, skip + limit), ids.length);
    };
    const asking = search.ask();
    page();
    await asking;
    while (search.entries.length < search.total) {
      const more = search.reach(search.entries.length);
      expect(engine.last.question.limit).toBeLessThanOrEqual(1000);
      page();
      await more;
    }
    expect(shown()).toEqual(ids);

    search.changed();
    await vi.advanceTimersByTimeAsync(5000);
    engine.last.answer(['new', ...ids.slice(0, 999)], ids.length);
    await vi.advanceTimersByTimeAsync(0);
    expect(shown()).toEqual(ids);
    expect(search.changes).toBe(2);

    const { turn } = search;
    const again = search.ask();
    page();
    await again;
    expect(shown()).toEqual(ids.slice(0, 80));
    expect(search.turn).toBe(turn + 1);
  });

  it('counts a person who is no longer free as a change of "Free now"', async () => {
    vi.useFakeTimers();
    const asking = search.lookAmong('free');
    engine.last.answer(['a', 'b']);
    await asking;
    search.held = true;
    search.hear('a', presence({ state: 'on_call' }));
    search.hear('a', presence({ state: 'busy' }));
    search.hear('b', presence({ state: 'mobile' }));
    await vi.advanceTimersByTimeAsync(5000);
    engine.last.answer(['b']);
    await vi.advanceTimersByTimeAsync(0);
    expect(search.changes).toBe(1);
    expect(shown()).toEqual(['a', 'b']);
  });

  it('fills "Free now" when somebody else becomes free', async () => {
    vi.useFakeTimers();
    const asking = search.lookAmong('free');
    engine.last.answer([]);
    await asking;
    search.hear('c', presence({ state: 'available' }));
    await vi.advanceTimersByTimeAsync(5000);
    expect(engine.asked).toHaveLength(2);
  });
});
