import type { Group, ListDeed, Only, Recent } from '../contract';
import { m } from '../paraglide/messages.js';
import { ago } from './age';
import { count, plural } from './count';

/** What was done to the lists, as it is told: "Moved to Billing". */
export function deedWords(deed: ListDeed): string {
  switch (deed.deed) {
    case 'favourite_added':
      return m.favourite_added({ name: deed.name });
    case 'favourite_removed':
      return m.favourite_removed({ name: deed.name });
    case 'favourite_moved':
      if (!deed.elsewhere) return m.deed_favourite_moved({ name: deed.name });
      return deed.folder === ''
        ? m.deed_favourite_unfiled({ name: deed.name })
        : m.deed_favourite_filed({ name: deed.name, folder: deed.folder });
    case 'folder_made':
      return m.deed_folder_made({ name: deed.name });
    case 'folder_renamed':
    case 'group_renamed':
      return m.deed_renamed({ name: deed.name });
    case 'folder_moved':
    case 'group_moved':
      return m.deed_moved({ name: deed.name });
    case 'folder_removed':
      return m.deed_folder_removed({ name: deed.name });
    case 'groups_added':
      return deed.count === 1
        ? m.deed_group_added({ name: deed.name })
        : m.deed_groups_added({ count: count(deed.count) });
    case 'group_removed':
      return m.deed_group_removed({ name: deed.name });
    case 'recents_cleared':
      return m.deed_recents_cleared();
  }
}

/** How many people a group has, and how many of them are free: "4 of 12 free". */
export function groupCount(group: Group): string {
  if (!group.count) return m.group_counting();
  const { free, members } = group.count;
  return m.group_count({ free: count(free), members: count(members) });
}

/** What a group asks, as it is told: its text, and among whom. */
export function questionWords({ text, only }: { text: string; only: Only }): string {
  const among = {
    everyone: '',
    free: m.only_free(),
    favourites: m.only_favourites(),
    recents: m.only_recents(),
  };
  return only === 'everyone' ? text : `${text} · ${among[only]}`;
}

/** When and how somebody was last had to do with: "called 12 min ago". */
export function recentWords({ how, at }: Recent, now: number): string {
  const age = ago(Math.max(0, now - Date.parse(at)));
  const words = { called: m.recent_called, called_by: m.recent_called_by, opened: m.recent_opened };
  return words[how]({ age });
}

/** How many people: "12 people". */
export function people(n: number): string {
  return (plural(n) === 'one' ? m.list_count_one : m.list_count_other)({ count: count(n) });
}
