import { fireEvent, render, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import axe from 'axe-core';
import { beforeEach, describe, expect, it } from 'vitest';
import App from '../App.svelte';
import { double, type Double } from '../lib/backend/double';
import { presenceOf } from '../lib/backend/double/organisation';
import type { Failure } from '../lib/contract';
import { speak } from '../lib/state/language.svelte';

const user = userEvent.setup();
const did = (engine: Double, command: string) => engine.done.filter(([name]) => name === command);

beforeEach(() => speak('en'));

async function open(options: Parameters<typeof double>[0] = {}): Promise<Double> {
  const engine = double({ people: 40, ...options });
  render(App, { backend: engine });
  await waitFor(() => expect(screen.queryByTestId('status') ?? screen.queryByTestId('setup')).not.toBeNull());
  return engine;
}

const rows = () => screen.findAllByTestId('row');
const search = () => screen.getByTestId('search');

describe('the list', () => {
  it('is a combobox with a grid that says how many rows there are', async () => {
    await open();
    await rows();
    const grid = screen.getByRole('grid');
    expect(search()).toHaveProperty('role', 'combobox');
    expect(search().getAttribute('aria-controls')).toBe(grid.id);
    expect(grid.getAttribute('aria-rowcount')).toBe('40');
    expect(document.activeElement).toBe(search());
  });

  it('draws no more rows than the window can show, and a few', async () => {
    await open({ people: 2000 });
    expect((await rows()).length).toBeLessThan(30);
  });

  it('points at the active row, which shows the number that it will dial', async () => {
    const engine = await open({
      change: (members) => members.forEach(({ row }) => (row.number ??= '+4930123456')),
    });
    const [first] = await rows();
    await user.keyboard('{ArrowDown}');
    expect(search().getAttribute('aria-activedescendant')).toBe(first?.id);
    expect(first?.getAttribute('aria-selected')).toBe('true');
    const person = engine.members.find(({ row }) => row.id === first?.dataset.person);
    expect(within(first!).getByTestId('call').textContent).toContain(person?.row.number);
  });

  it('takes no control characters for letters', async () => {
    await open();
    await fireEvent.input(search(), { target: { value: 's\u001bep\ue00ca' } });
    expect(search()).toHaveProperty('value', 'sepa');
  });

  it('narrows while somebody types anywhere, and marks what matched', async () => {
    await open();
    await rows();
    (document.activeElement as HTMLElement).blur();
    await user.keyboard('s');
    expect(document.activeElement).toBe(search());
    await user.type(search(), 'epa');
    await waitFor(() => expect(document.querySelector('mark')?.textContent).toBe('SEPA'));
    await user.keyboard('{Escape}');
    expect(search()).toHaveProperty('value', '');
  });

  it('repaints presence in place', async () => {
    const engine = await open();
    const [first] = await rows();
    const person = first!.dataset.person!;
    engine.say({ push: 'presence', person, presence: presenceOf('do_not_disturb', Date.now()) });
    await waitFor(() => expect(within(first!).getByTestId('presence').dataset.state).toBe('do_not_disturb'));
    expect((await rows())[0]).toBe(first);
    expect(first!.textContent).toContain('do not disturb');
  });

  it('waits with changes while the pointer is in it', async () => {
    let members: unknown[] = [];
    const engine = await open({ change: (all) => (members = all) });
    const before = (await rows()).length;
    await fireEvent.pointerEnter(screen.getByRole('grid').parentElement!);
    members.splice(0, 3);
    engine.say({ push: 'people', changed: 3 });
    const show = await screen.findByTestId('list-changes');
    expect(show.textContent).toBe('3 changes, show');
    expect(await rows()).toHaveLength(before);
    const asked = did(engine, 'ask').length;
    await user.click(show);
    await waitFor(() => expect(did(engine, 'ask')).toHaveLength(asked + 1));
  });

  it('says in words what it waits for', async () => {
    await open({ people: 0, status: { link: { link: 'connecting' } } });
    expect(await screen.findByText('Waiting for the directory')).toBeTruthy();
  });

  it('is asked again for old presence when it has come to rest', async () => {
    const engine = await open();
    await waitFor(() => expect(did(engine, 'look')[0]?.[1]).toBe('visible'));
  });
});

describe('a call', () => {
  it('asks for a reason before it disturbs, and keeps asking without one', async () => {
    const engine = await open({
      change: (members) =>
        members.forEach(({ row }) => {
          row.presence = presenceOf('do_not_disturb', Date.now());
          row.number ??= '+4930123456';
        }),
    });
    await rows();
    await user.keyboard('{ArrowDown}{Enter}');
    const dialog = await screen.findByTestId('confirm');
    expect(dialog.textContent).toContain('do not disturb');
    await user.click(within(dialog).getByTestId('confirm-go'));
    expect(dialog.textContent).toContain('give a reason');
    await user.type(within(dialog).getByTestId('confirm-reason'), 'urgent');
    await user.keyboard('{Enter}');
    expect((await screen.findByTestId('strip')).dataset.state).toBe('dialling');
    expect(did(engine, 'call').at(-1)?.[1]).toMatchObject({ confirmed: true, reason: 'urgent' });
  });
});

describe('a limit of the organisation', () => {
  it('stands in the row and in the detail, and a call is asked about once more', async () => {
    const limit = { limit: 'consults', had: 6, a_day: 6 } as const;
    const presence = { ...presenceOf('available', Date.now()), consults: { had: 6, a_day: 6 }, limit };
    await open({
      change: (members) =>
        members.forEach(({ row }) => {
          row.presence = { ...presence, action: 'ask_once_more' };
          row.number ??= '+4930123456';
        }),
    });
    const [first] = await rows();
    expect(within(first!).getByTestId('limit').textContent).toContain('6/6 today');
    await user.keyboard('{ArrowDown}{ArrowRight}');
    expect((await screen.findByTestId('detail-limit')).textContent).toContain('6 of 6 consults today');
    await user.keyboard('{Enter}');
    const dialog = await screen.findByTestId('confirm');
    expect(within(dialog).getByTestId('confirm-limit').textContent).toContain('asks for no more');
    expect(dialog.textContent).not.toContain('would interrupt');
    const { violations } = await axe.run(dialog, { rules: { 'color-contrast': { enabled: false } } });
    expect(violations).toEqual([]);
  });
});

describe('the set-up', () => {
  it('starts the demo', async () => {
    await open({ mode: 'unset' });
    await user.click(screen.getByTestId('setup-demo'));
    expect((await screen.findByTestId('demo-badge')).textContent).toBe('Demo');
    await rows();
  });

  it('puts what is wrong beside the field it belongs to', async () => {
    const engine = await open({ mode: 'unset' });
    await user.click(screen.getByTestId('setup-connect'));
    await user.click(screen.getByTestId('setup-go'));
    expect(screen.getAllByText('Please fill this in.')).toHaveLength(5);
    for (const field of ['account_id', 'client_id', 'client_secret', 'subscription_id']) {
      await user.type(screen.getByTestId(`setup-${field}`), 'value');
    }
    await user.type(screen.getByTestId('setup-email'), 'robin@example.com');
    engine.failNext('setUp', { code: 'bad_field', field: 'client_id' } satisfies Failure);
    await user.click(screen.getByTestId('setup-go'));
    await waitFor(() => expect(screen.getByTestId('setup-client_id').ariaInvalid).toBe('true'));
    expect(document.activeElement).toBe(screen.getByTestId('setup-client_id'));
  });
});

describe('every section', () => {
  it.each(['people', 'calls', 'settings'])('%s has nothing that axe finds', async (section) => {
    await open();
    await rows();
    await user.click(screen.getByTestId(`rail-${section}`));
    // Colours are checked on the tokens, names of the page are the host's.
    const options = { rules: { 'color-contrast': { enabled: false }, region: { enabled: false } } };
    const { violations } = await axe.run(document.body, options);
    expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
  });

  it('speaks German when asked to', async () => {
    await open();
    await user.click(screen.getByTestId('rail-settings'));
    await user.click(screen.getByTestId('language-de'));
    expect(screen.getByRole('heading', { level: 1 }).textContent).toBe('Einstellungen');
    expect(document.documentElement.lang).toBe('de');
  });
});

describe('a keychain that does not answer at the start', () => {
  const since = new Date().toISOString();
  const failure: Failure = { code: 'keychain_locked' };

  it('is asked again when the person wants it', async () => {
    const engine = await open({
      mode: 'team',
      status: { link: { link: 'offline', since, failure, retry_at: since }, notices: [{ failure, since }] },
    });
    await user.click(screen.getByTestId('problem-again'));
    expect(did(engine, 'tryAgain')).toHaveLength(1);
    await waitFor(() => expect(screen.queryByTestId('problem')).toBeNull());
  });

  it('is not waited for where only a new secret could not be kept', async () => {
    await open({ mode: 'team', status: { notices: [{ failure, since }] } });
    expect(screen.getByTestId('problem').textContent).toContain('locked');
    expect(screen.queryByTestId('problem-again')).toBeNull();
  });
});

describe('after an outage', () => {
  const repair = { done: 4200, of: 18_204, away_secs: 540, left_secs: 170 };
  const line = () => screen.getByTestId('status').textContent;

  it('the status line says how long it was, how many were checked again, and how long the rest takes', async () => {
    await open({ status: { repair } });
    expect(line()).toContain('Back after 9 min');
    expect(line()).toContain('4,200 of 18,204 checked again, 2 min left');
  });

  it('it says nothing of the rest before the pace is known, nor of an outage of a moment', async () => {
    await open({ status: { repair: { ...repair, away_secs: 1, left_secs: null } } });
    expect(line()).toContain('Live');
    expect(line()).toContain('4,200 of 18,204 checked again');
    expect(line()).not.toContain('left');
  });
});
