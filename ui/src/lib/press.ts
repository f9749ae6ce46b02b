import { flushSync } from 'svelte';
import { commandOf, type Command, type Place } from './keys';
import type { Rollcall } from './state/rollcall.svelte';
import { ROW_HEIGHT } from './state/painting.svelte';

/** From this width on the chosen person stands beside the list; below it, over the list. */
export const BESIDE_FROM = 900;

/** Does what a key asks. Dialogs take their keys themselves. */
export function press(app: Rollcall, event: KeyboardEvent): void {
  if (event.defaultPrevented || document.querySelector('dialog[open]') || app.status === null) return;
  const command = commandOf(event, placeOf(event.target, app));
  if (!command || !applies(app, command)) return;
  // A typed letter must still reach the box that it moves to.
  if (command !== 'type') event.preventDefault();
  run(app, command);
}

function placeOf(target: EventTarget | null, app: Rollcall): Place {
  const element = target instanceof HTMLElement ? target : document.body;
  const search = element.id === 'search';
  const box = search ? (element as HTMLInputElement) : null;
  return {
    search: search || element === document.body,
    field: !search && element.closest('input, select, textarea, [contenteditable]') !== null,
    button: element.closest('button, a, [role=radio]') !== null,
    empty: app.search.text === '',
    lists: app.search.text === '' || app.lists.latest,
    atEnd: box === null || box.selectionStart === box.value.length,
  };
}

/** Whether the command has a meaning where the person is. */
function applies(app: Rollcall, command: Command): boolean {
  if (app.joining || app.status?.mode === 'unset') return command === 'keys' || command === 'back';
  if (app.section === 'people') return true;
  return ['keys', 'back', 'type', 'next_pane', 'previous_pane'].includes(command);
}

function run(app: Rollcall, command: Command): void {
  const page = Math.max(1, Math.floor(window.innerHeight / ROW_HEIGHT) - 3);
  if (command.startsWith('group_'))
    return void app.arranging.lookWithin(Number(command.slice('group_'.length)));
  const runs: Record<Exclude<Command, `group_${number}`>, () => unknown> = {
    up: () => app.selection.move(-1),
    down: () => app.selection.move(1),
    page_up: () => app.selection.move(-page),
    page_down: () => app.selection.move(page),
    first: () => app.selection.to(0),
    last: () => app.selection.to(app.shelves.people.length - 1),
    open: () => app.selection.open(),
    act: () => app.act('first'),
    act_second: () => app.act('second'),
    copy: () => app.copyNumber(),
    favourite: () => app.toggleFavourite(),
    move_up: () => app.arranging.step(-1),
    move_down: () => app.arranging.step(1),
    file: () => app.arranging.askForFolder(),
    arrange: () => (app.lists.asked = { ask: 'arrange' }),
    save_group: () => app.arranging.askForGroup(),
    undo: () => app.lists.undo(),
    redo: () => app.lists.redo(),
    watch: () => app.toggleWatch(),
    watch_search: () => app.toggleSearchWatch(),
    tell: () => app.startTelling(),
    next_pane: () => nextPane(1),
    previous_pane: () => nextPane(-1),
    back: () => back(app),
    keys: () => (app.keySheet = true),
    type: () => toSearch(app),
  };
  runs[command as keyof typeof runs]();
}

/** Moves the focus to the next pane that is on the screen: its marked element, in the order of the page. */
function nextPane(step: 1 | -1): void {
  const panes = [...document.querySelectorAll<HTMLElement>('[data-pane]')];
  const at = panes.findIndex((pane) => pane.contains(document.activeElement));
  panes[(at + step + panes.length) % panes.length]?.focus();
}

function back(app: Rollcall): void {
  if (app.joining) void app.joining.leave();
  else if (app.status?.mode === 'unset') void app.attempt(app.backend.hide());
  else void app.back(window.innerWidth < BESIDE_FROM).then(focusSearch);
}

function toSearch(app: Rollcall): void {
  app.section = 'people';
  if (window.innerWidth < BESIDE_FROM) app.selection.close();
  // The box must be there and within reach before the letter is put into it.
  flushSync();
  focusSearch();
}

/** Puts the focus into the search box; it is there after the section was drawn. */
export function focusSearch(): void {
  const box = document.getElementById('search');
  if (box) box.focus();
  else requestAnimationFrame(() => document.getElementById('search')?.focus());
}
