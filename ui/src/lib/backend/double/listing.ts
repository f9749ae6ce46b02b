import type { Failure, Group, ListChange, ListDeed, Lists, OfferedGroups, Row } from '../../contract';
import type { Member } from './organisation';

type Kept = {
  favourites: string[];
  folderOf: [string, string][];
  folders: Lists['folders'];
  groups: Group[];
};

/** The person's own lists of the double: in memory, undone as the engine undoes them. */
export function listing(members: Member[], say: (lists: Lists) => void) {
  let kept: Kept = { favourites: [], folderOf: [], folders: [], groups: [] };
  let made = 0;
  const done: [ListDeed, Kept, Kept][] = [];
  const undone: typeof done = [];
  const rowOf = (id: string) => members.find(({ row }) => row.id === id)?.row;
  const nameOf = (id: string) => rowOf(id)?.name ?? '';

  for (const { row } of members) if (row.favourite) kept.favourites.push(row.id);

  /** The favourites as they stand: those in no folder first. */
  function order(): string[] {
    const folderOf = new Map(kept.folderOf);
    const inside = (folder?: string) => kept.favourites.filter((id) => folderOf.get(id) === folder);
    return [undefined, ...kept.folders.map(({ id }) => id)].flatMap(inside);
  }

  function view(): Lists {
    const inside = (folder: string) => kept.folderOf.filter(([, id]) => id === folder).length;
    return {
      loose: kept.favourites.length - kept.folderOf.length,
      folders: kept.folders.map((folder) => ({ ...folder, people: inside(folder.id) })),
      groups: kept.groups,
      undo: done.at(-1)?.[0] ?? null,
      redo: undone.at(-1)?.[0] ?? null,
    };
  }

  function show(next: Kept): void {
    kept = next;
    const folderOf = new Map(kept.folderOf);
    for (const { row } of members) {
      row.favourite = kept.favourites.includes(row.id);
      row.folder = folderOf.get(row.id) ?? null;
    }
    say(view());
  }

  function did(deed: ListDeed | null, next: Kept): ListDeed | null {
    if (deed) {
      done.push([deed, kept, next]);
      undone.length = 0;
    }
    show(next);
    return deed;
  }

  function fail(code: 'name_taken' | 'not_in_the_lists'): never {
    throw { code } satisfies Failure;
  }

  function free(name: string, taken: { name: string }[]): string {
    const plain = name.trim();
    if (plain === '') throw { code: 'not_a_name', most: 60 } satisfies Failure;
    return taken.some((other) => other.name.toLowerCase() === plain.toLowerCase())
      ? fail('name_taken')
      : plain;
  }

  function put<T extends { id: string }>(things: T[], id: string, before: string | null): T[] {
    const thing = things.find((known) => known.id === id) ?? fail('not_in_the_lists');
    const rest = things.filter((known) => known !== thing);
    const at = before === null ? rest.length : rest.findIndex((known) => known.id === before);
    return [...rest.slice(0, at), thing, ...rest.slice(at)];
  }

  function moved(person: string, folder: string | null, before: string | null): Kept {
    if (!kept.favourites.includes(person)) fail('not_in_the_lists');
    const rest = order().filter((id) => id !== person);
    const at = before === null ? rest.length : rest.indexOf(before);
    const others = kept.folderOf.filter(([id]) => id !== person);
    return {
      ...kept,
      favourites: [...rest.slice(0, at), person, ...rest.slice(at)],
      folderOf: folder === null ? others : [...others, [person, folder]],
    };
  }

  function arrange(change: ListChange): ListDeed | null {
    const { folders, groups } = kept;
    switch (change.change) {
      case 'move_favourite': {
        const { person, folder, before } = change;
        const elsewhere = (new Map(kept.folderOf).get(person) ?? null) !== folder;
        const name = folders.find(({ id }) => id === folder)?.name ?? '';
        const deed = { deed: 'favourite_moved', name: nameOf(person), elsewhere, folder: name } as const;
        return did(deed, moved(person, folder, before));
      }
      case 'make_folder': {
        const name = free(change.name, folders);
        const id = `f${made++}`;
        const next = change.person === null ? kept : moved(change.person, id, null);
        return did(
          { deed: 'folder_made', name },
          { ...next, folders: [...folders, { id, name, folded: false, people: 0 }] },
        );
      }
      case 'rename_folder': {
        const name = free(
          change.name,
          folders.filter(({ id }) => id !== change.id),
        );
        const next = folders.map((folder) => (folder.id === change.id ? { ...folder, name } : folder));
        return did({ deed: 'folder_renamed', name }, { ...kept, folders: next });
      }
      case 'fold_folder': {
        const fold = (folder: (typeof folders)[number]) =>
          folder.id === change.id ? { ...folder, folded: change.folded } : folder;
        return did(null, { ...kept, folders: folders.map(fold) });
      }
      case 'move_folder': {
        const name = folders.find(({ id }) => id === change.id)?.name ?? '';
        return did(
          { deed: 'folder_moved', name },
          { ...kept, folders: put(folders, change.id, change.before) },
        );
      }
      case 'remove_folder': {
        const name = folders.find(({ id }) => id === change.id)?.name ?? fail('not_in_the_lists');
        const folderOf = kept.folderOf.filter(([, folder]) => folder !== change.id);
        const next = { ...kept, folderOf, folders: folders.filter(({ id }) => id !== change.id) };
        return did({ deed: 'folder_removed', name }, next);
      }
      case 'add_groups': {
        const added = change.groups.map(({ name, text, only }) => ({
          id: `g${made++}`,
          name: free(name, groups),
          text,
          only,
          only_free: only === 'free',
          count: { members: 12, free: 4 },
        }));
        const deed = { deed: 'groups_added', name: added[0]?.name ?? '', count: added.length } as const;
        return did(deed, { ...kept, groups: [...groups, ...added] });
      }
      case 'rename_group': {
        const name = free(
          change.name,
          groups.filter(({ id }) => id !== change.id),
        );
        const next = groups.map((group) => (group.id === change.id ? { ...group, name } : group));
        return did({ deed: 'group_renamed', name }, { ...kept, groups: next });
      }
      case 'move_group': {
        const name = groups.find(({ id }) => id === change.id)?.name ?? '';
        return did({ deed: 'group_moved', name }, { ...kept, groups: put(groups, change.id, change.before) });
      }
      case 'remove_group': {
        const name = groups.find(({ id }) => id === change.id)?.name ?? fail('not_in_the_lists');
        return did(
          { deed: 'group_removed', name },
          { ...kept, groups: groups.filter(({ id }) => id !== change.id) },
        );
      }
      case 'clear_recents':
        for (const { row } of members) row.recent = null;
        return did({ deed: 'recents_cleared' }, { ...kept });
    }
  }

  return {
    view,
    order,
    arrange,
    group: (id: string) => kept.groups.find((group) => group.id === id),
    favourite(id: string, on: boolean): void {
      const rest = kept.favourites.filter((other) => other !== id);
      const folderOf = kept.folderOf.filter(([other]) => other !== id || on);
      const deed = { deed: on ? 'favourite_added' : 'favourite_removed', name: nameOf(id) } as const;
      did(deed, { ...kept, favourites: on ? [...rest, id] : rest, folderOf });
    },
    undo(): ListDeed | null {
      const last = done.pop();
      if (!last) return null;
      undone.push(last);
      show(last[1]);
      return last[0];
    },
    redo(): ListDeed | null {
      const last = undone.pop();
      if (!last) return null;
      done.push(last);
      show(last[2]);
      return last[0];
    },
    link(id: string): string {
      const { name, text } = kept.groups.find((group) => group.id === id) ?? fail('not_in_the_lists');
      return `rollcall://group?name=${encodeURIComponent(name)}&text=${encodeURIComponent(text)}`;
    },
    read(text: string): OfferedGroups {
      try {
        return { groups: (JSON.parse(text) as OfferedGroups).groups, misfits: [] };
      } catch {
        throw { code: 'not_a_group_file' } satisfies Failure;
      }
    },
    /** Notes that somebody was had to do with. */
    met(row: Row, how: 'called' | 'opened', at: number): void {
      row.recent = { how, at: new Date(at).toISOString() };
    },
  };
}
