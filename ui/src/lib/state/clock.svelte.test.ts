import { flushSync } from 'svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Clock } from './clock.svelte';

const NOON = Date.UTC(2026, 10, 20, 12);

beforeEach(() => vi.useFakeTimers({ now: NOON }));
afterEach(() => vi.useRealTimers());

/** Reads in an effect until the returned function is called: what a component does. */
function reading(read: () => unknown): () => void {
  const stop = $effect.root(() => {
    $effect(() => void read());
  });
  flushSync();
  return stop;
}

/** Lets time pass, and what follows from it be painted. */
function pass(ms: number) {
  vi.advanceTimersByTime(ms);
  flushSync();
}

describe('the clock', () => {
  it('moves in steps for those who read it', () => {
    const clock = new Clock();
    const seen: number[] = [];
    const stop = reading(() => seen.push(clock.second - NOON));

    pass(1_100);
    pass(1_100);

    expect(seen).toEqual([0, 1_000, 2_000]);
    stop();
  });

  it('rests while nobody reads, and is right when somebody does', () => {
    const clock = new Clock();
    const stop = reading(() => clock.minute);
    expect(vi.getTimerCount()).toBe(1);
    stop();
    pass(0);

    pass(90_000);

    expect(vi.getTimerCount()).toBe(0);
    expect(clock.minute).toBe(NOON + 90_000);
  });

  it('begins a minute when the clock on the wall does', () => {
    vi.setSystemTime(NOON + 45_000);
    const clock = new Clock();
    const seen: number[] = [];
    const stop = reading(() => seen.push(clock.minute - NOON));

    pass(20_000);

    expect(seen).toEqual([45_000, 60_000]);
    stop();
  });

  it('moves along with news that is painted anyway', () => {
    const clock = new Clock();
    const seen: number[] = [];
    const stop = reading(() => seen.push(clock.second - NOON));

    pass(700);
    clock.along();
    flushSync();
    pass(900);
    clock.along();
    pass(99);

    expect(seen).toEqual([0, 700, 1_600]);
    stop();
  });
});
