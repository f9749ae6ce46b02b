import { render, screen, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import axe from 'axe-core';
import { beforeEach, describe, expect, it } from 'vitest';
import App from '../../App.svelte';
import { double, type Double } from '../../lib/backend/double';
import type { Failure } from '../../lib/contract';
import { speak } from '../../lib/state/language.svelte';

const user = userEvent.setup();
const CODE = 'main.ABCDEFGHIJKLMNOPQRSTUVWX27';
const LINK = `rollcall://join?relay=https%3A%2F%2Frelay.example.org&code=${CODE}`;
const did = (engine: Double, command: string) => engine.done.filter(([name]) => name === command);
const value = (testid: string) => (screen.getByTestId(testid) as HTMLInputElement).value;
const SINCE = '2026-11-20T12:00:00Z';

beforeEach(() => speak('en'));

async function open(options: Parameters<typeof double>[0] = { mode: 'unset' }): Promise<Double> {
  const engine = double({ people: 40, ...options });
  render(App, { backend: engine });
  await waitFor(() => expect(screen.queryByTestId('status') ?? screen.queryByTestId('setup')).not.toBeNull());
  return engine;
}

async function openJoin(): Promise<Double> {
  const engine = await open();
  await user.click(screen.getByTestId('setup-join'));
  await screen.findByTestId('join');
  return engine;
}

async function openSignIn(): Promise<Double> {
  const engine = await openJoin();
  await user.click(screen.getByTestId('join-turn'));
  return engine;
}

/** Nothing that axe finds; colours are checked on the tokens. */
async function isOpenToEverybody() {
  const options = { rules: { 'color-contrast': { enabled: false }, region: { enabled: false } } };
  const { violations } = await axe.run(document.body, options);
  expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
}

describe('an invitation', () => {
  it('that is pasted as a link fills in both fields, and joins', async () => {
    const engine = await openJoin();
    expect(document.activeElement).toBe(screen.getByTestId('join-code'));
    await user.paste(LINK);
    await waitFor(() => expect(value('join-code')).toBe(CODE));
    expect(value('join-relay')).toBe('https://relay.example.org');
    await user.keyboard('{Enter}');
    await screen.findByTestId('status');
    expect(did(engine, 'join')).toEqual([['join', { code: CODE, relay: 'https://relay.example.org' }]]);
    expect(screen.getByTestId('status').dataset.mode).toBe('team');
  });

  it('that came by a link is shown and waits for a person to say yes', async () => {
    const engine = await open({ mode: 'demo' });
    engine.say({ push: 'join', invitation: { code: CODE, relay: 'https://relay.example.org' } });
    await screen.findByTestId('join');
    expect(value('join-relay')).toBe('https://relay.example.org');
    expect(did(engine, 'join')).toEqual([]);
    expect(document.activeElement).toBe(screen.getByTestId('join-go'));
    expect(screen.getByTestId('join').textContent).toContain('Join only if it is your organisation’s');
    await user.keyboard('{Escape}');
    expect(await screen.findByTestId('status')).toBeTruthy();
  });

  it('without a code leads to the sign-in', async () => {
    const engine = await open();
    engine.say({ push: 'join', invitation: { code: '', relay: 'https://relay.example.org' } });
    expect(await screen.findByText('Sign in with Zoom')).toBeTruthy();
    expect(value('join-relay')).toBe('https://relay.example.org');
  });

  it('that is not complete says which field is empty', async () => {
    const engine = await openJoin();
    await user.type(screen.getByTestId('join-code'), CODE);
    await user.click(screen.getByTestId('join-go'));
    expect(screen.getByTestId('join-relay-wrong').textContent).toBe('Please fill this in.');
    expect(document.activeElement).toBe(screen.getByTestId('join-relay'));
    expect(did(engine, 'join')).toEqual([]);
  });

  const refusals: [Failure, string, RegExp][] = [
    [{ code: 'code_refused' }, 'join-code-wrong', /new invitation/],
    [{ code: 'not_an_invitation' }, 'join-code-wrong', /rollcall:\/\/join/],
    [{ code: 'relay_not_encrypted' }, 'join-relay-wrong', /https:/],
    [{ code: 'not_a_relay' }, 'join-relay-wrong', /not a relay/],
    [{ code: 'relay_unreachable' }, 'join-failure', /does not answer/],
    [{ code: 'certificate_refused' }, 'join-failure', /certificate/],
    [{ code: 'relay_busy', retry_secs: 30 }, 'join-failure', /Wait 30 s/],
  ];
  it.each(refusals)('that fails with %j says what to do', async (failure, testid, sentence) => {
    const engine = await openJoin();
    await user.paste(LINK);
    await waitFor(() => expect(value('join-relay')).not.toBe(''));
    engine.failNext('join', failure);
    await user.click(screen.getByTestId('join-go'));
    expect((await screen.findByTestId(testid)).textContent).toMatch(sentence);
    expect(value('join-code')).toBe(CODE);
  });
});

describe('signing in with Zoom', () => {
  it('waits for the browser and goes on by itself', async () => {
    const engine = await openSignIn();
    await user.type(screen.getByTestId('join-relay'), 'relay.example.org');
    await user.keyboard('{Enter}');
    await screen.findByTestId('signing-in');
    await user.click(screen.getByTestId('signing-in-copy'));
    expect(did(engine, 'copy')[0]?.[1]).toContain('relay.example.org/v1/signin/start');
    engine.browse();
    expect((await screen.findByTestId('status')).dataset.mode).toBe('team');
    expect(did(engine, 'signIn')[0]?.[1]).toEqual({ relay: 'relay.example.org', organisation: '' });
  });

  it('can be given up, without a word about it', async () => {
    const engine = await openSignIn();
    await user.type(screen.getByTestId('join-relay'), 'relay.example.org');
    await user.keyboard('{Enter}');
    await user.click(await screen.findByTestId('signing-in-stop'));
    await waitFor(() => expect(screen.getByTestId('join-go')).toHaveProperty('disabled', false));
    expect(did(engine, 'stopSignIn')).toHaveLength(1);
    expect(screen.queryByTestId('join-failure')).toBeNull();
    expect(value('join-relay')).toBe('relay.example.org');
  });

  it('that nobody finishes says so, and can be begun again', async () => {
    const engine = await openSignIn();
    await user.type(screen.getByTestId('join-relay'), 'relay.example.org');
    engine.failNext('signedIn', { code: 'sign_in_timed_out' });
    await user.keyboard('{Enter}');
    expect((await screen.findByTestId('join-failure')).textContent).toMatch(/five minutes/);
    expect(screen.getByTestId('join-go').textContent).toContain('Open the browser');
  });
});

describe('a session', () => {
  const ended = {
    link: 'offline',
    since: SINCE,
    failure: { code: 'session_ended' },
    retry_at: null,
  } as const;

  it('that ended is told, keeps the list, and is begun again with the relay filled in', async () => {
    await open({ mode: 'team', status: { link: ended } });
    await screen.findAllByTestId('row');
    expect(screen.getByTestId('session-ended').textContent).toContain('session at the relay has ended');
    await user.click(screen.getByTestId('join-again'));
    await screen.findByTestId('join');
    expect(value('join-relay')).toBe('https://relay.example.org');
  });

  it('is told in the settings, with the certificate, and is left after a question', async () => {
    const engine = await open({ mode: 'team' });
    await user.click(screen.getByTestId('rail-settings'));
    const told = (await screen.findByTestId('your-relay')).textContent;
    for (const part of ['relay.example.org', 'Example Ltd', 'robin@example.org', 'Agent', '2031']) {
      expect(told).toContain(part);
    }
    expect(screen.getByTestId('fingerprint').textContent).toMatch(/^9F86 D081 .* 0A08$/);
    await user.click(screen.getByTestId('leave'));
    expect((await screen.findByTestId('leave-dialog')).textContent).toContain('the directory leaves');
    await user.click(screen.getByTestId('leave-go'));
    await screen.findByTestId('setup');
    expect(did(engine, 'leave')).toHaveLength(1);
  });
});

describe('every screen of joining', () => {
  it.each(['en', 'de'] as const)(
    'has nothing that axe finds, in %s',
    async (language) => {
      const engine = await openJoin();
      speak(language);
      await user.click(screen.getByTestId('join-go'));
      await isOpenToEverybody();
      await user.click(screen.getByTestId('join-turn'));
      await isOpenToEverybody();
      await user.type(screen.getByTestId('join-relay'), 'relay.example.org');
      await user.keyboard('{Enter}');
      await screen.findByTestId('signing-in');
      await isOpenToEverybody();
      engine.browse();
      await screen.findByTestId('status');
      await user.click(screen.getByTestId('rail-settings'));
      await screen.findByTestId('your-relay');
      await isOpenToEverybody();
    },
    30_000,
  );
});
