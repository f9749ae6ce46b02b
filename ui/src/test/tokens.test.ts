import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const tokens = readFileSync('src/theme/tokens.css', 'utf8');

/** The colour of a token: light first, dark second. */
function pair(name: string): [string, string] {
  const found = tokens.match(new RegExp(`--${name}: light-dark\\((#\\w{6}), (#\\w{6})\\)`));
  if (!found?.[1] || !found[2]) throw new Error(`no colour --${name}`);
  return [found[1], found[2]];
}

/** Relative luminance, WCAG 2.2. */
function luminance(colour: string): number {
  const channels = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16) / 255);
  const [r = 0, g = 0, b = 0] = channels.map((c) =>
    c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4,
  );
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [light = 0, dark = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
}

const grounds = ['ground', 'ground-quiet', 'ground-raised', 'ground-hover', 'ground-active'];
const inks = ['ink', 'ink-quiet', 'ink-faint', 'green', 'amber', 'yellow', 'red', 'purple', 'accent'];
const together: [ink: string, ground: string, least: number][] = [
  ...inks.flatMap((ink) => grounds.map((ground): [string, string, number] => [ink, ground, 4.5])),
  ['on-accent', 'accent', 4.5],
  ['on-accent', 'accent-strong', 4.5],
  ['ink', 'mark', 4.5],
  ['ink', 'warn-ground', 4.5],
  ['ink-quiet', 'ground-chip', 4.5],
  ['ink', 'ground-on', 4.5],
  ['line-field', 'ground', 3],
  ['line-field', 'ground-raised', 3],
];

describe.each(together)('--%s on --%s', (ink, ground, least) => {
  it.each([0, 1] as const)(`has a contrast of at least ${least} in theme %i`, (theme) => {
    expect(contrast(pair(ink)[theme], pair(ground)[theme])).toBeGreaterThanOrEqual(least);
  });
});
