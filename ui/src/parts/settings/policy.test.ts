import { render, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import axe from 'axe-core';
import { beforeEach, describe, expect, it } from 'vitest';
import App from '../../App.svelte';
import { double, type Double } from '../../lib/backend/double';
import { speak } from '../../lib/state/language.svelte';

const user = userEvent.setup();
const set = (engine: Double) =>
  engine.done.filter(([name]) => name === 'setPolicy').map(([, policy]) => policy);
const NOTHING = { consults_a_day: null, quiet_hours: '', watchers_shown: false };

beforeEach(() => speak('en'));

async function open(options: Parameters<typeof double>[0] = {}): Promise<Double> {
  const engine = double({ people: 20, ...options });
  render(App, { backend: engine });
  await user.click(await screen.findByTestId('rail-settings'));
  return engine;
}

describe('the policy', () => {
  it('is set a part at a time, and the rest stays', async () => {
    const engine = await open();
    await user.type(await screen.findByTestId('policy-consults'), '6');
    await user.tab();
    await waitFor(() => expect(set(engine)).toEqual([{ ...NOTHING, consults_a_day: 6 }]));
    await user.type(screen.getByTestId('policy-quiet'), 'daily 20-7');
    await user.tab();
    await waitFor(() => expect(set(engine)).toHaveLength(2));
    expect(set(engine)[1]).toEqual({ ...NOTHING, consults_a_day: 6, quiet_hours: 'daily 20-7' });
    await user.clear(screen.getByTestId('policy-consults'));
    await user.tab();
    await waitFor(() => expect(set(engine)[2]).toEqual({ ...NOTHING, quiet_hours: 'daily 20-7' }));
  });

  it('says what is wrong, and keeps what was typed', async () => {
    const engine = await open();
    const consults = await screen.findByTestId('policy-consults');
    await user.type(consults, 'many');
    await user.tab();
    expect(await screen.findByText('A number from 1 to 1,000, or nothing.')).toBeTruthy();
    expect(consults).toHaveProperty('value', 'many');
    expect(set(engine)).toEqual([]);
    engine.failNext('setPolicy', { code: 'bad_field', field: 'quiet_hours' });
    const quiet = screen.getByTestId('policy-quiet');
    await user.type(quiet, 'at night');
    await user.tab();
    expect(await screen.findByText(/These are no hours/)).toBeTruthy();
    expect(quiet).toHaveProperty('value', 'at night');
    const { violations } = await axe.run(screen.getByTestId('policy'), {
      rules: { 'color-contrast': { enabled: false } },
    });
    expect(violations).toEqual([]);
  });

  it('is for those who may tell it', async () => {
    await open({ status: { may_tell: false } });
    expect(await screen.findByTestId('mode')).toBeTruthy();
    expect(screen.queryByTestId('policy')).toBeNull();
  });

  it('shows what holds, whoever changed it', async () => {
    const engine = await open();
    engine.stand({ policy: { consults_a_day: 4, quiet_hours: 'Mon-Sun 20:00-07:00', watchers_shown: true } });
    await waitFor(() => expect(screen.getByTestId('policy-consults')).toHaveProperty('value', '4'));
    expect(screen.getByTestId('policy-quiet')).toHaveProperty('value', 'Mon-Sun 20:00-07:00');
    expect(within(screen.getByTestId('policy')).getByRole('radio', { checked: true })).toBeTruthy();
  });
});
