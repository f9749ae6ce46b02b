// @vitest-environment node
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'rollcall-window-'));
const read = (ending: string) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending))
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join('\n');

beforeAll(() => {
  // What ships is built outside the test runner, which would change it.
  const env = { ...process.env, VITEST: '', NODE_ENV: 'production' };
  execFileSync('node_modules/.bin/vite', ['build', '--outDir', folder, '--logLevel', 'error'], { env });
}, 240_000);

afterAll(() => rmSync(folder, { recursive: true }));

it('the window starts with less than 320 kB of script', () => {
  const first = /<script[^>]* src="\.?\/?([^"]+)"/.exec(readFileSync(join(folder, 'index.html'), 'utf8'));
  expect(readFileSync(join(folder, first?.[1] ?? ''), 'utf8').length).toBeLessThan(320_000);
});

it('the page has no script of its own, as its policy demands', () => {
  const inline = [...read('.html').matchAll(/<script[^>]*>/g)].filter(([tag]) => !tag.includes(' src='));
  expect(inline).toEqual([]);
});

it('what ships knows no made-up people', () => {
  expect(read('.js').includes('Chargebacks')).toBe(false);
});
