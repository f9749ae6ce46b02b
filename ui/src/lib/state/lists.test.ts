import { beforeEach, describe, expect, it } from 'vitest';
import { double, type Double } from '../backend/double';
import { NOON } from '../../test/rows';
import { Clock } from './clock.svelte';
import { Rollcall } from './rollcall.svelte';

let engine: Double;
let app: Rollcall;
const ids = () => app.shelves.items.map(({ id }) => id);
const did = (command: string) => engine.done.filter(([name]) => name === command).map(([, ...args]) => args);

beforeEach(async () => {
  engine = double({
    people: 20,
    now: () => NOON,
    change: (members) => members.forEach(({ row }) => (row.favourite = false)),
  });
  app = new Rollcall(engine, new Clock(() => NOON));
  await app.start();
});

async function favourites(...people: string[]) {
  for (const person of people) await app.toggleFavourite(person);
  await app.lookAmong('favourites');
}

describe('favourites', () => {
  it('stand in the order in which they were put, and step by step past each other', async () => {
    await favourites('p3', 'p1', 'p2');
    app.selection.choose('p2');
    await app.arranging.step(-1);
    expect(ids()).toEqual(['p3', 'p2', 'p1']);
    await app.arranging.step(-1);
    await app.arranging.step(-1);
    expect(ids()).toEqual(['p2', 'p3', 'p1']);
    expect(did('arrange')).toHaveLength(2);
  });

  it('stand below the heads of their folders, and step into them', async () => {
    await favourites('p1', 'p2');
    await app.lists.change({ change: 'make_folder', name: 'Billing', person: 'p2' });
    const [folder] = app.lists.folders;
    expect(ids()).toEqual(['folder-', 'p1', `folder-${folder!.id}`, 'p2']);
    app.selection.choose('p1');
    await app.arranging.step(1);
    expect(ids()).toEqual(['folder-', `folder-${folder!.id}`, 'p1', 'p2']);
    expect(app.announcer.shown).toContain('moved to Billing');
  });

  it('in a folded folder are passed over by the keys, and the folder opens for who goes into it', async () => {
    await favourites('p1', 'p2', 'p3');
    await app.lists.change({ change: 'make_folder', name: 'Billing', person: 'p2' });
    await app.lists.fold(app.lists.folders[0]!);
    expect(app.shelves.people.map(({ id }) => id)).toEqual(['p1', 'p3']);
    app.selection.choose('p3');
    await app.arranging.step(1);
    expect(app.lists.folders[0]!.folded).toBe(false);
    expect(app.shelves.people.map(({ id }) => id)).toEqual(['p1', 'p3', 'p2']);
  });

  it('are moved in their own order only, and that is said', async () => {
    await favourites('p1', 'p2');
    await app.type('p');
    app.selection.choose('p2');
    await app.arranging.step(-1);
    expect(did('arrange')).toEqual([]);
    expect(app.announcer.shown).toBe('Open Favourites to move them');
  });
});

describe('what was done', () => {
  it('is told with a way back, and back again', async () => {
    await favourites('p1', 'p2');
    app.selection.choose('p2');
    await app.arranging.step(-1);
    expect(ids()).toEqual(['p2', 'p1']);
    app.announcer.offer!.take();
    await expect.poll(ids).toEqual(['p1', 'p2']);
    expect(app.announcer.shown).toMatch(/^Undone: /);
    app.announcer.offer!.take();
    await expect.poll(ids).toEqual(['p2', 'p1']);
  });

  it('is what Ctrl+Z means until something is typed', async () => {
    await app.type('p');
    expect(app.lists.latest).toBe(false);
    await app.toggleFavourite('p1');
    expect(app.lists.latest).toBe(true);
    await app.type('pa');
    expect(app.lists.latest).toBe(false);
  });

  it('was nothing when it failed', async () => {
    await favourites('p1', 'p2');
    engine.failNext('arrange', { code: 'database_unwritable' });
    app.selection.choose('p2');
    await app.arranging.step(-1);
    expect(app.problems.all).toEqual([{ code: 'database_unwritable' }]);
    expect(ids()).toEqual(['p1', 'p2']);
  });
});

describe('a group', () => {
  const sepa = { name: 'SEPA', text: 'sepa', only: 'free' as const };

  it('is asked for with the whole question, within another group too', async () => {
    await app.type(' sepa ');
    app.arranging.askForGroup();
    expect(app.lists.asked).toEqual({ ask: 'save', text: 'sepa', only: 'everyone' });
    await app.lists.change({ change: 'add_groups', groups: [sepa] });
    await app.arranging.lookWithin(1);
    await app.type('lagos');
    app.arranging.askForGroup();
    expect(app.lists.asked).toEqual({ ask: 'save', text: 'sepa lagos', only: 'free' });
  });

  it('needs a question', () => {
    app.arranging.askForGroup();
    expect(app.lists.asked).toBeNull();
    expect(app.announcer.shown).not.toBe('');
  });

  it('is looked into by its number, and left when it is gone', async () => {
    await app.lists.change({ change: 'add_groups', groups: [sepa] });
    await app.arranging.lookWithin(1);
    expect(app.search.group?.name).toBe('SEPA');
    expect(did('ask').at(-1)).toMatchObject([{ group: app.lists.groups[0]!.id }]);
    await app.arranging.lookWithin(7);
    expect(app.search.group?.name).toBe('SEPA');
    await app.lists.change({ change: 'remove_group', id: app.lists.groups[0]!.id });
    expect(app.search.group).toBeNull();
    await app.lists.undo();
    expect(app.lists.groups).toHaveLength(1);
  });

  it('goes on as a link on the clipboard', async () => {
    await app.lists.change({ change: 'add_groups', groups: [sepa] });
    await app.arranging.copyLink(app.lists.groups[0]!);
    expect(did('copy')).toEqual([['rollcall://group?name=SEPA&text=sepa']]);
  });

  it('that is offered by a link is added only when the person says so', async () => {
    engine.say({ push: 'groups', offered: { groups: [sepa], misfits: [] } });
    expect(app.lists.asked?.ask).toBe('offer');
    expect(app.lists.groups).toEqual([]);
  });

  it('is told of as being waited for by its question', async () => {
    await app.lists.change({ change: 'add_groups', groups: [sepa] });
    await app.arranging.lookWithin(1);
    expect(app.searchWish).toEqual({ whom: 'search', text: 'sepa', only: 'everyone' });
  });
});

it('whom one opened stands among the recent, the last one first, until they are cleared', async () => {
  for (const person of ['p1', 'p2']) await engine.look('opened', [person]);
  await app.lookAmong('recents');
  expect(app.search.entries.map(({ row }) => row.recent?.how)).toEqual(['opened', 'opened']);
  await app.lists.tryChange({ change: 'clear_recents' });
  await expect.poll(() => app.search.entries).toEqual([]);
});
