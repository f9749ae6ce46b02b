/** A list of favourites: those in a folder, or those in none. */
export interface Shelf {
  folder: string | null;
  people: string[];
}

/** Where a favourite can go: into which folder, and before whom there; nobody means the end. */
export interface Place {
  folder: string | null;
  before: string | null;
}

/** Where somebody comes to stand one step on, over the borders of folders too; nothing at either end. */
export function stepped(shelves: Shelf[], person: string, by: 1 | -1): Place | null {
  const at = shelves.findIndex(({ people }) => people.includes(person));
  const shelf = shelves[at];
  if (!shelf) return null;
  const { folder, people } = shelf;
  const place = people.indexOf(person);
  if (by < 0 && place > 0) return { folder, before: people[place - 1] ?? null };
  if (by > 0 && place < people.length - 1) return { folder, before: people[place + 2] ?? null };
  const next = shelves[at + by];
  if (!next) return null;
  return { folder: next.folder, before: by > 0 ? (next.people[0] ?? null) : null };
}

/** The place after somebody who stays where they are. */
export function after(shelves: Shelf[], neighbour: string, moved: string): Place | null {
  const shelf = shelves.find(({ people }) => people.includes(neighbour));
  if (!shelf) return null;
  const rest = shelf.people.filter((id) => id !== moved || id === neighbour);
  return { folder: shelf.folder, before: rest[rest.indexOf(neighbour) + 1] ?? null };
}

/** Whether somebody stands at that place already. */
export function standsAt(shelves: Shelf[], person: string, { folder, before }: Place): boolean {
  const shelf = shelves.find((known) => known.folder === folder);
  const place = shelf?.people.indexOf(person) ?? -1;
  return (
    shelf !== undefined && place >= 0 && (before === person || (shelf.people[place + 1] ?? null) === before)
  );
}

/** Before which thing another one stands after one step; nothing at either end. `null` is the end of the list. */
export function steppedBefore(ids: string[], id: string, by: 1 | -1): string | null | undefined {
  const at = ids.indexOf(id);
  if (at < 0 || at + by < 0 || at + by >= ids.length) return undefined;
  return (by < 0 ? ids[at - 1] : ids[at + 2]) ?? null;
}
