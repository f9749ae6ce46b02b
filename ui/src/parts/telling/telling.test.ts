import { render, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import axe from 'axe-core';
import { beforeEach, describe, expect, it } from 'vitest';
import App from '../../App.svelte';
import { double, type Double } from '../../lib/backend/double';
import type { OwnExpertise, Status } from '../../lib/contract';
import { speak } from '../../lib/state/language.svelte';

const user = userEvent.setup();
const told = (engine: Double) =>
  engine.done.filter(([command]) => command === 'tell').map(([, , what]) => what as OwnExpertise);

beforeEach(() => speak('en'));

/** The window with one person, who is chosen. */
async function open(status: Partial<Status> = {}): Promise<Double> {
  const engine = double({
    people: 1,
    status,
    change: ([member]) => {
      member!.row.skills = ['SEPA'];
      member!.levels = [null];
    },
  });
  render(App, { backend: engine });
  await screen.findAllByTestId('row');
  await user.keyboard('{ArrowDown}');
  await screen.findByTestId('detail-presence');
  return engine;
}

describe('the form about skills', () => {
  it('is filled by keys alone, and what it says is shown', async () => {
    const engine = await open();
    await user.keyboard('{Alt>}e{/Alt}');
    const form = within(await screen.findByTestId('tell'));
    form.getByTestId('tell-add').focus();
    await user.keyboard('{Enter}Mandates{Tab}');
    await user.selectOptions(document.activeElement!, '4 · advanced');
    await user.type(form.getByTestId('tell-hours'), 'Mon–Fri 08:00–16:00');
    await user.type(form.getByTestId('tell-aliases'), 'Kit; Kitty');
    await user.type(form.getByTestId('tell-note'), 'Not on Fridays');
    await user.click(form.getByTestId('tell-save'));

    await waitFor(() => expect(screen.queryByTestId('tell')).toBeNull());
    expect(told(engine)).toEqual([
      {
        skills: [{ name: 'Mandates', level: 4 }],
        languages: [],
        hours: 'Mon–Fri 08:00–16:00',
        note: 'Not on Fridays',
        aliases: ['Kit', 'Kitty'],
        former_names: [],
      },
    ]);
    const skills = await screen.findByTestId('skills');
    await waitFor(() => expect(skills.textContent).toContain('Mandates'));
    expect(within(skills).getByRole('img').getAttribute('aria-label')).toBe('advanced, 4 of 5');
    expect(screen.getByTestId('note').textContent).toBe('Not on Fridays');
    expect(screen.getByTestId('detail').textContent).toContain('Mon–Fri 08:00–16:00');
    expect(screen.getAllByTestId('row')[0]!.textContent).toContain('Mandates');
  });

  it('keeps what was written and says which field is wrong', async () => {
    await open();
    await user.click(screen.getByTestId('tell-edit'));
    const form = within(await screen.findByTestId('tell'));
    await user.type(form.getByTestId('tell-hours'), 'always{Enter}');
    const hours = form.getByTestId('tell-hours');
    await waitFor(() => expect(hours.ariaInvalid ?? hours.getAttribute('aria-invalid')).toBe('true'));
    expect(form.getByRole('alert').textContent).toContain('working hours');
    expect((hours as HTMLInputElement).value).toBe('always');
  });

  it('says what else failed, and can be put away', async () => {
    const engine = await open();
    await user.click(screen.getByTestId('tell-edit'));
    engine.failNext('tell', { code: 'relay_unreachable' });
    await user.click(await screen.findByTestId('tell-save'));
    expect((await screen.findByTestId('tell-failure')).textContent).toContain('relay');
    await user.click(screen.getByTestId('tell-back'));
    expect(screen.queryByTestId('tell')).toBeNull();
  });

  it('is for those who may', async () => {
    await open({ may_tell: false });
    expect(screen.queryByTestId('tell-edit')).toBeNull();
    await user.keyboard('{Alt>}e{/Alt}');
    expect(screen.queryByTestId('tell')).toBeNull();
  });

  it('has a level for a skill of Zoom, which keeps its name', async () => {
    const engine = await open();
    await user.click(screen.getByTestId('tell-edit'));
    await user.selectOptions((await screen.findAllByTestId('tell-level'))[0]!, '5 · expert');
    expect(screen.queryByTestId('tell-skill')).toBeNull();
    await user.click(screen.getByTestId('tell-save'));
    await waitFor(() => expect(told(engine)[0]?.skills).toEqual([{ name: 'SEPA', level: 5 }]));
  });

  it('has no fault that axe finds', async () => {
    await open();
    await user.click(screen.getByTestId('tell-edit'));
    await screen.findByTestId('tell');
    const { violations } = await axe.run(document.body, { rules: { 'color-contrast': { enabled: false } } });
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join()}`)).toEqual([]);
  });
});
