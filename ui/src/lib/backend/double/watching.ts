import type { Row, Watch, WatchChoice, WatchWish } from '../../contract';

/** The watches of the double: they run until they are ended, and tell of whom they are told to. */
export function watching(
  now: () => number,
  rowOf: (person: string) => Row | undefined,
  say: (all: Watch[]) => void,
) {
  let all: Watch[] = [];
  let begun = 0;

  function put(watches: Watch[]): void {
    all = watches;
    say(all);
  }

  function change(id: string, change: Partial<Watch>): void {
    put(all.map((watch) => (watch.id === id ? { ...watch, ...change } : watch)));
  }

  return {
    all: () => all,
    start(wish: WatchWish, members: number, name = ''): Watch {
      const ends_at = new Date(now() + 30 * 60_000).toISOString();
      const watch = { id: `w${begun++}`, wish, name, members, ends_at, raised: null, calling: false };
      put([...all, watch]);
      return watch;
    },
    choose(id: string, choice: WatchChoice): void {
      if (choice === 'next') change(id, { raised: null });
      else put(all.filter((watch) => watch.id !== id));
    },
    raise(id: string, person: string | null): void {
      const row = person === null ? undefined : rowOf(person);
      const told =
        row &&
        (({ id, name, title, department, number }) => ({ person: id, name, title, department, number }))(row);
      change(id, { raised: told ?? null });
    },
  };
}
