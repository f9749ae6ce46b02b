import { render, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import axe from 'axe-core';
import { beforeEach, describe, expect, it } from 'vitest';
import App from '../../App.svelte';
import { double, type Double } from '../../lib/backend/double';
import { presenceOf } from '../../lib/backend/double/organisation';
import type { Waiter } from '../../lib/contract';
import { speak } from '../../lib/state/language.svelte';

const user = userEvent.setup();
const did = (engine: Double, command: string) =>
  engine.done.filter(([name]) => name === command).map(([, ...args]) => args);

beforeEach(() => speak('en'));

async function open(options: Parameters<typeof double>[0] = {}): Promise<Double> {
  const engine = double({
    ...options,
    people: 40,
    change: (members) =>
      members.forEach(({ row }) => {
        row.number ??= '+4930123456';
        row.presence = presenceOf('busy', Date.now());
      }),
  });
  render(App, { backend: engine });
  await screen.findAllByTestId('row');
  return engine;
}

describe('a watch on a person', () => {
  it('is begun and ended by a key, and the row says so', async () => {
    const engine = await open();
    await user.keyboard('{ArrowDown}{Alt>}n{/Alt}');
    const watch = await screen.findByTestId('watch');
    const [{ person }] = did(engine, 'watch')[0] as [{ person: string }];
    const row = document.querySelector(`[data-person="${person}"]`)!;
    expect(row.getAttribute('aria-label')).toContain('you are told when free');
    expect(watch.textContent).toContain(engine.members.find(({ row }) => row.id === person)!.row.name);
    expect(watch.textContent).toContain('30 min');
    await user.keyboard('{Alt>}n{/Alt}');
    await waitFor(() => expect(screen.queryByTestId('watches')).toBeNull());
    expect(row.getAttribute('aria-label')).not.toContain('told when free');
  });

  it('offers to call who is free, by the rules of any call', async () => {
    const engine = await open();
    await user.keyboard('{ArrowDown}{Alt>}n{/Alt}');
    await screen.findByTestId('watch');
    const [{ person }] = did(engine, 'watch')[0] as [{ person: string }];
    engine.raise('w0', person);
    const watch = await screen.findByTestId('watch');
    await waitFor(() => expect(watch.dataset.raised).toBe(person));
    await user.click(within(watch).getByTestId('watch-call'));
    expect(did(engine, 'call')).toEqual([[{ person, number: null, confirmed: false, reason: null }]]);
    // Busy again by now: it asks.
    expect(await screen.findByTestId('confirm')).toBeTruthy();
  });
});

describe('a watch on a search', () => {
  it('says that it is shown, where the organisation shows it', async () => {
    const engine = await open({
      status: { policy: { consults_a_day: null, quiet_hours: '', watchers_shown: true } },
    });
    await screen.findAllByTestId('row');
    await user.keyboard('{ArrowDown}{Alt>}n{/Alt}');
    const watch = await screen.findByTestId('watch');
    expect(watch.textContent).toContain('they see it');
    expect(did(engine, 'watch')).toHaveLength(1);
  });

  it('of others for the person at the desk is named in the status line and leads to them', async () => {
    const engine = await open();
    const [one, other] = engine.members.map(({ row }) => ({ person: row.id, name: row.name }));
    const say = (waited_by: Waiter[]) => engine.stand({ waited_by });
    expect(screen.queryByTestId('waited-by')).toBeNull();
    say([one!]);
    const named = await screen.findByTestId('waited-by');
    expect(named.textContent).toContain(`${one!.name} waits for you`);
    say([one!, other!]);
    await waitFor(() => expect(named.textContent).toContain('2 wait for you'));
    expect(named.title).toContain(other!.name);
    await user.click(named);
    expect(await screen.findByTestId('detail-presence')).toBeTruthy();
    say([]);
    await waitFor(() => expect(screen.queryByTestId('waited-by')).toBeNull());
  });

  it('is offered for a search, not for everybody', async () => {
    const engine = await open();
    expect(screen.queryByTestId('watch-search')).toBeNull();
    await user.keyboard('{Alt>}{Shift>}n{/Shift}{/Alt}');
    expect(did(engine, 'watch')).toEqual([]);
    await user.type(screen.getByTestId('search'), 'sepa');
    await user.click(await screen.findByTestId('watch-search'));
    expect(did(engine, 'watch')).toEqual([[{ whom: 'search', text: 'sepa', only: 'everyone' }]]);
    await waitFor(() => expect(screen.getByTestId('watch-search').ariaPressed).toBe('true'));
    expect(screen.getByTestId('watch').textContent).toContain('“sepa”');
  });

  it('is offered where nobody is free', async () => {
    const engine = await open();
    await user.type(screen.getByTestId('search'), 'sepa');
    await user.click(screen.getByTestId('chip-free'));
    const empty = await screen.findByText('Nobody of “sepa” is free');
    await user.click(within(empty.parentElement!).getByRole('button'));
    expect(did(engine, 'watch')).toEqual([[{ whom: 'search', text: 'sepa', only: 'everyone' }]]);
    expect(await screen.findByText('You are told as soon as somebody is.')).toBeTruthy();
  });

  it('goes on to the next and is stopped', async () => {
    const engine = await open();
    await user.type(screen.getByTestId('search'), 'sepa');
    await user.keyboard('{Alt>}{Shift>}n{/Shift}{/Alt}');
    await screen.findByTestId('watch');
    engine.raise('w0', 'p1');
    await user.click(await screen.findByTestId('watch-next'));
    expect(did(engine, 'chooseWatch')).toEqual([['w0', 'next']]);
    await user.click(await screen.findByTestId('watch-stop'));
    await waitFor(() => expect(screen.queryByTestId('watch')).toBeNull());
  });

  it('says who is free and when it is over, and has nothing that axe finds', async () => {
    const engine = await open();
    await user.type(screen.getByTestId('search'), 'sepa');
    await user.click(await screen.findByTestId('watch-search'));
    await screen.findByTestId('watch');
    engine.raise('w0', 'p1');
    const name = engine.members.find(({ row }) => row.id === 'p1')!.row.name;
    await waitFor(() => expect(screen.getByTestId('live-region').textContent).toContain(`${name} is free`), {
      timeout: 5000,
    });
    const options = { rules: { 'color-contrast': { enabled: false }, region: { enabled: false } } };
    const { violations } = await axe.run(document.body, options);
    expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
    engine.say({ push: 'watches', watches: [] });
    await screen.findByText('Waiting for “sepa” is over');
  });
});
