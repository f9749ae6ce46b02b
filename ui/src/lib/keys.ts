/** What a key asks the window to do. */
export type Command =
  | 'up'
  | 'down'
  | 'page_up'
  | 'page_down'
  | 'first'
  | 'last'
  | 'open'
  | 'act'
  | 'act_second'
  | 'copy'
  | 'favourite'
  | 'move_up'
  | 'move_down'
  | 'file'
  | 'arrange'
  | 'save_group'
  | 'undo'
  | 'redo'
  | `group_${number}`
  | 'watch'
  | 'watch_search'
  | 'tell'
  | 'next_pane'
  | 'previous_pane'
  | 'back'
  | 'keys'
  | 'type';

/** Where a key was pressed. */
export interface Place {
  /** The search box has the focus, or nothing that takes keys itself. */
  search: boolean;
  /** Another field that takes text or choices has the focus. */
  field: boolean;
  /** A button or link has the focus. */
  button: boolean;
  /** Nothing is typed in the search box. */
  empty: boolean;
  /** What was done last was done to the lists, or nothing is typed: undoing means the lists. */
  lists: boolean;
  /** The caret stands at the end of the search box. */
  atEnd: boolean;
}

type Key = Pick<
  KeyboardEvent,
  'key' | 'code' | 'shiftKey' | 'ctrlKey' | 'metaKey' | 'altKey' | 'isComposing' | 'repeat'
>;

const MOVES: Record<string, Command> = {
  ArrowUp: 'up',
  ArrowDown: 'down',
  PageUp: 'page_up',
  PageDown: 'page_down',
  Home: 'first',
  End: 'last',
};

/** The command of a key, or nothing when the key is left to whatever has the focus. */
export function commandOf(key: Key, place: Place): Command | null {
  if (key.isComposing) return null;
  if (key.key === 'F6') return key.shiftKey ? 'previous_pane' : 'next_pane';
  if (key.key === 'F1') return 'keys';
  if (key.key === 'Escape') return 'back';
  const control = key.ctrlKey || key.metaKey;
  if (key.altKey && !control) return withAlt(key);
  if (place.field) return null;
  if (key.key === 'Enter') return place.button ? null : enter(key, control);
  if (control) return key.altKey ? null : withControl(key, place);
  if (key.key === '?' && place.empty) return 'keys';
  if (!key.shiftKey && MOVES[key.key]) return MOVES[key.key] ?? null;
  if (key.key === 'ArrowRight' && !key.shiftKey && place.search && place.atEnd) return 'open';
  return typed(key, place) ? 'type' : null;
}

function withAlt(key: Key): Command | null {
  switch (key.key.toLowerCase()) {
    case 'e':
      return 'tell';
    case 'f':
      return 'favourite';
    case 'arrowup':
      return 'move_up';
    case 'arrowdown':
      return 'move_down';
    case 'm':
      return 'file';
    case 'g':
      return 'arrange';
    case 'n':
      return key.shiftKey ? 'watch_search' : 'watch';
    default:
      return null;
  }
}

function withControl(key: Key, place: Place): Command | null {
  // By its place on the keyboard: some layouts have digits with Shift only.
  const digit = /^(?:Digit|Numpad)(\d)$/.exec(key.code ?? '')?.[1] ?? (/^\d$/.test(key.key) ? key.key : null);
  if (digit !== null && !key.shiftKey) return `group_${Number(digit)}`;
  switch (key.key.toLowerCase()) {
    case 's':
      return key.shiftKey ? null : 'save_group';
    case 'z':
      if (!place.lists) return null;
      return key.shiftKey ? 'redo' : 'undo';
    case 'y':
      return place.lists && !key.shiftKey ? 'redo' : null;
    default:
      return null;
  }
}

function enter(key: Key, control: boolean): Command | null {
  if (key.repeat) return null;
  if (control) return 'copy';
  return key.shiftKey ? 'act_second' : 'act';
}

/** A letter typed where nothing takes it; a space on a button presses the button. */
function typed(key: Key, place: Place): boolean {
  return Array.from(key.key).length === 1 && !(place.button && key.key === ' ');
}
