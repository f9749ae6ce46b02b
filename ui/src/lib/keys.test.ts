import { describe, expect, it } from 'vitest';
import { commandOf, type Place } from './keys';

const box: Place = { search: true, field: false, button: false, empty: true, lists: true, atEnd: true };
const key = (name: string, more = {}) => ({
  key: name,
  code: '',
  shiftKey: false,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  isComposing: false,
  repeat: false,
  ...more,
});

describe('a key', () => {
  it.each([
    ['ArrowDown', {}, 'down'],
    ['PageUp', {}, 'page_up'],
    ['Home', {}, 'first'],
    ['Enter', {}, 'act'],
    ['Enter', { shiftKey: true }, 'act_second'],
    ['Enter', { ctrlKey: true }, 'copy'],
    ['f', { altKey: true }, 'favourite'],
    ['ArrowUp', { altKey: true }, 'move_up'],
    ['ArrowDown', { altKey: true }, 'move_down'],
    ['m', { altKey: true }, 'file'],
    ['g', { altKey: true }, 'arrange'],
    ['s', { ctrlKey: true }, 'save_group'],
    ['z', { ctrlKey: true }, 'undo'],
    ['Z', { ctrlKey: true, shiftKey: true }, 'redo'],
    ['y', { ctrlKey: true }, 'redo'],
    ['3', { ctrlKey: true }, 'group_3'],
    ['"', { ctrlKey: true, code: 'Digit3' }, 'group_3'],
    ['F6', {}, 'next_pane'],
    ['F6', { shiftKey: true }, 'previous_pane'],
    ['Escape', {}, 'back'],
    ['F1', {}, 'keys'],
    ['?', { shiftKey: true }, 'keys'],
    ['ArrowRight', {}, 'open'],
    ['m', {}, 'type'],
  ])('%s %o in the search box means %s', (name, more, command) => {
    expect(commandOf(key(name, more), box)).toBe(command);
  });

  it('held down never calls a second time', () => {
    expect(commandOf(key('Enter', { repeat: true }), box)).toBeNull();
  });

  it('that composes a letter is left alone', () => {
    expect(commandOf(key('Enter', { isComposing: true }), box)).toBeNull();
  });

  it('on a button presses the button, and letters still search', () => {
    const button = { ...box, search: false, button: true };
    expect(commandOf(key('Enter'), button)).toBeNull();
    expect(commandOf(key(' '), button)).toBeNull();
    expect(commandOf(key('s'), button)).toBe('type');
  });

  it('in another field belongs to the field', () => {
    const field = { ...box, search: false, field: true };
    expect(commandOf(key('ArrowDown'), field)).toBeNull();
    expect(commandOf(key('s'), field)).toBeNull();
    expect(commandOf(key('Escape'), field)).toBe('back');
  });

  it('undoes what was typed once something was typed', () => {
    const typed = { ...box, empty: false, lists: false };
    expect(commandOf(key('z', { ctrlKey: true }), typed)).toBeNull();
    expect(commandOf(key('y', { ctrlKey: true }), typed)).toBeNull();
  });

  it('? is a letter as soon as something is typed', () => {
    expect(commandOf(key('?', { shiftKey: true }), { ...box, empty: false })).toBe('type');
  });

  it('to the right moves the caret until it stands at the end', () => {
    expect(commandOf(key('ArrowRight'), { ...box, atEnd: false })).toBeNull();
  });
});
