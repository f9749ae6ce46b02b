import { beforeEach, describe, expect, it } from 'vitest';
import { double, type Double } from '../backend/double';
import { NOON } from '../../test/rows';
import { Clock } from './clock.svelte';
import { Drag, scrolling } from './drag.svelte';
import { Rollcall } from './rollcall.svelte';

let engine: Double;
let app: Rollcall;
let drag: Drag;
const ids = () => app.search.entries.map(({ id }) => id);
/** Somebody's row, 56 px high. */
const row = (person: string, top: number, folder: string | null = null) => ({
  person,
  folder,
  top,
  bottom: top + 56,
});

beforeEach(async () => {
  engine = double({
    people: 20,
    now: () => NOON,
    change: (members) => members.forEach(({ row }) => (row.favourite = false)),
  });
  app = new Rollcall(engine, new Clock(() => NOON));
  await app.start();
  for (const person of ['p1', 'p2', 'p3']) await app.toggleFavourite(person);
  await app.lookAmong('favourites');
  drag = new Drag(app.shelves);
});

describe('a favourite who is dragged', () => {
  it('goes before the row in whose upper half it is let go', async () => {
    drag.press('p3', 10, 150);
    expect(drag.move(10, 147, row('p3', 112))).toBe(false);
    expect(drag.move(10, 5, row('p1', 0))).toBe(true);
    expect(drag.target).toEqual({ place: { folder: null, before: 'p1' }, line: 0 });
    const dropped = drag.drop()!;
    await app.arranging.put(dropped.person, dropped.place);
    expect(ids()).toEqual(['p3', 'p1', 'p2']);
    expect(drag.person).toBeNull();
  });

  it('goes after the row in whose lower half it is let go', () => {
    drag.press('p1', 10, 10);
    drag.move(10, 100, row('p2', 56));
    expect(drag.target).toEqual({ place: { folder: null, before: 'p3' }, line: 112 });
    drag.move(10, 160, row('p3', 112));
    expect(drag.target).toEqual({ place: { folder: null, before: null }, line: 168 });
  });

  it('goes into a folder by its head', async () => {
    await app.lists.change({ change: 'make_folder', name: 'Billing', person: 'p2' });
    const folder = app.lists.folders[0]!.id;
    drag.press('p1', 10, 10);
    drag.move(10, 80, { person: null, folder, top: 70, bottom: 106 });
    expect(drag.target).toEqual({ place: { folder, before: 'p2' }, line: null });
  });

  it('stays where it was when it is let go outside, or given up', () => {
    drag.press('p1', 10, 10);
    drag.move(10, 300, null);
    expect(drag.drop()).toBeNull();
    drag.press('p1', 10, 10);
    drag.move(10, 100, row('p2', 56));
    drag.cancel();
    expect(drag.drop()).toBeNull();
    expect(drag.move(10, 100, row('p2', 56))).toBe(false);
  });

  it('is dragged among favourites in their own order only', async () => {
    await app.type('p');
    drag.press('p1', 10, 10);
    expect(drag.move(10, 100, row('p2', 56))).toBe(false);
  });
});

it('a list scrolls the faster the nearer its edge is', () => {
  expect(scrolling(300, 0, 600)).toBe(0);
  expect(scrolling(30, 0, 600)).toBeLessThan(0);
  expect(scrolling(590, 0, 600)).toBeGreaterThan(scrolling(570, 0, 600));
  expect(scrolling(900, 0, 600)).toBe(14);
});
