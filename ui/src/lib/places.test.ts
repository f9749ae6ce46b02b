import { describe, expect, it } from 'vitest';
import { after, standsAt, stepped, steppedBefore, type Shelf } from './places';

const shelves: Shelf[] = [
  { folder: null, people: ['a', 'b', 'c'] },
  { folder: 'f', people: [] },
  { folder: 'g', people: ['d', 'e'] },
];

describe('a step', () => {
  it('goes past the neighbour in the same list', () => {
    expect(stepped(shelves, 'b', -1)).toEqual({ folder: null, before: 'a' });
    expect(stepped(shelves, 'a', 1)).toEqual({ folder: null, before: 'c' });
    expect(stepped(shelves, 'b', 1)).toEqual({ folder: null, before: null });
  });

  it('goes over the border into the folder that is next', () => {
    expect(stepped(shelves, 'c', 1)).toEqual({ folder: 'f', before: null });
    expect(stepped(shelves, 'd', -1)).toEqual({ folder: 'f', before: null });
    const without = shelves.filter(({ folder }) => folder !== 'f');
    expect(stepped(without, 'c', 1)).toEqual({ folder: 'g', before: 'd' });
    expect(stepped(without, 'd', -1)).toEqual({ folder: null, before: null });
  });

  it('ends where the lists end', () => {
    expect(stepped(shelves, 'a', -1)).toBeNull();
    expect(stepped(shelves, 'e', 1)).toBeNull();
    expect(stepped(shelves, 'x', 1)).toBeNull();
  });

  it('of a thing in one list is told by what it comes to stand before', () => {
    expect(steppedBefore(['x', 'y', 'z'], 'z', -1)).toBe('y');
    expect(steppedBefore(['x', 'y', 'z'], 'x', 1)).toBe('z');
    expect(steppedBefore(['x', 'y', 'z'], 'y', 1)).toBeNull();
    expect(steppedBefore(['x', 'y', 'z'], 'z', 1)).toBeUndefined();
    expect(steppedBefore(['x', 'y', 'z'], 'x', -1)).toBeUndefined();
  });
});

describe('a place', () => {
  it('after somebody is before whoever follows, but the one who moves', () => {
    expect(after(shelves, 'a', 'c')).toEqual({ folder: null, before: 'b' });
    expect(after(shelves, 'a', 'b')).toEqual({ folder: null, before: 'c' });
    expect(after(shelves, 'e', 'a')).toEqual({ folder: 'g', before: null });
    expect(after(shelves, 'x', 'a')).toBeNull();
  });

  it('is known when it is that of the one who moves', () => {
    expect(standsAt(shelves, 'a', { folder: null, before: 'b' })).toBe(true);
    expect(standsAt(shelves, 'a', { folder: null, before: 'a' })).toBe(true);
    expect(standsAt(shelves, 'a', { folder: null, before: 'c' })).toBe(false);
    expect(standsAt(shelves, 'e', { folder: 'g', before: null })).toBe(true);
    expect(standsAt(shelves, 'e', { folder: 'f', before: null })).toBe(false);
  });
});
