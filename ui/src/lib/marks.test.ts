import { describe, expect, it } from 'vitest';
import { marksIn, pieces } from './marks';

const text = (cut: ReturnType<typeof pieces>) =>
  cut.map(({ text, marked }) => (marked ? `[${text}]` : text)).join('');

describe('marks', () => {
  it('cut a text at what matched', () => {
    expect(text(pieces('Mia Okafor', [{ start: 4, end: 6 }]))).toBe('Mia [Ok]afor');
  });

  it('join when they overlap or touch, in any order', () => {
    const marks = [
      { start: 3, end: 6 },
      { start: 0, end: 4 },
      { start: 6, end: 7 },
    ];
    expect(text(pieces('Payments', marks))).toBe('[Payment]s');
  });

  it('count in UTF-16 units, so letters outside the basic plane stay whole', () => {
    expect(text(pieces('𝒜da Byrne', [{ start: 5, end: 7 }]))).toBe('𝒜da [By]rne');
  });

  it('that reach too far or are empty change nothing else', () => {
    const marks = [
      { start: 2, end: 2 },
      { start: 4, end: 99 },
    ];
    expect(text(pieces('SEPA', marks))).toBe('SEPA');
    expect(text(pieces('SEPA!', marks))).toBe('SEPA[!]');
  });

  it('are found by field and item', () => {
    const marks = [
      { field: 'skill', item: 0, start: 0, end: 1 },
      { field: 'skill', item: 1, start: 2, end: 3 },
      { field: 'name', item: 0, start: 4, end: 5 },
    ] as const;
    expect(marksIn(marks, 'skill', 1)).toEqual([marks[1]]);
  });
});
