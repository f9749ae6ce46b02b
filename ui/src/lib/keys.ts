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
  | 'watch'
  | 'watch_search'
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
  /** The caret stands at the end of the search box. */
  atEnd: boolean;
}

type Key = Pick<
  KeyboardEvent,
  'key' | 'shiftKey' | 'ctrlKey' | 'metaKey' | 'altKey' | 'isComposing' | 'repeat'
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
  if (control) return null;
  if (key.key === '?' && place.empty) return 'keys';
  if (!key.shiftKey && MOVES[key.key]) return MOVES[key.key] ?? null;
  if (key.key === 'ArrowRight' && !key.shiftKey && place.search && place.atEnd) return 'open';
  return typed(key, place) ? 'type' : null;
}

function withAlt(key: Key): Command | null {
  switch (key.key.toLowerCase()) {
    case 'f':
      return 'favourite';
    case 'n':
      return key.shiftKey ? 'watch_search' : 'watch';
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
