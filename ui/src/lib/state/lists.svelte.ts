import { asFailure, type Backend } from '../backend/backend';
import type {
  Failure,
  Folder,
  Group,
  GroupOffer,
  ListChange,
  ListDeed,
  Lists,
  OfferedGroups,
} from '../contract';
import { steppedBefore } from '../places';

/** What became of a wish, for whoever speaks for the window. */
export interface Told {
  /** Something was done, or `undone`, or done `again`. */
  done(deed: ListDeed, how: 'done' | 'undone' | 'again'): Promise<void>;
  failed(failure: Failure): void;
}

/** What is asked about the lists now. */
export type Asked =
  | { ask: 'save'; text: string; only: GroupOffer['only'] }
  | { ask: 'offer'; offered: OfferedGroups }
  | { ask: 'arrange' }
  | { ask: 'file'; person: string; name: string };

/** The person's own lists: folders of favourites, and groups. The engine keeps them and counts them. */
export class OwnLists {
  folders: Folder[] = $state.raw([]);
  groups: Group[] = $state.raw([]);
  /** How many favourites are in no folder. */
  loose = $state(0);
  /** What undoing would take back, and doing again bring back. */
  undoable: ListDeed | null = $state.raw(null);
  redoable: ListDeed | null = $state.raw(null);
  /** Whether nothing was typed since the lists were changed: Ctrl+Z means them. */
  latest = $state(false);
  /** The question that is open. */
  asked: Asked | null = $state.raw(null);
  readonly #backend: Backend;
  readonly #told: Told;

  constructor(backend: Backend, told: Told) {
    this.#backend = backend;
    this.#told = told;
  }

  /** Reads them. */
  async load(): Promise<void> {
    await this.#try(async () => this.take(await this.#backend.lists()));
  }

  /** Takes them as they are now. */
  take(lists: Lists): void {
    this.folders = lists.folders;
    this.groups = lists.groups;
    this.loose = lists.loose;
    this.undoable = lists.undo;
    this.redoable = lists.redo;
  }

  /** The group of this id. */
  group(id: string | null): Group | undefined {
    return this.groups.find((group) => group.id === id);
  }

  /** Changes them. Says what failed, or nothing. */
  async change(change: ListChange): Promise<Failure | null> {
    try {
      const deed = await this.#backend.arrange(change);
      if (deed) await this.#did(deed, 'done');
      return null;
    } catch (thrown) {
      return asFailure(thrown);
    }
  }

  /** Changes them; what fails is told. Says whether it went well. */
  async tryChange(change: ListChange): Promise<boolean> {
    const failure = await this.change(change);
    if (failure) this.#told.failed(failure);
    return failure === null;
  }

  /** Takes the last change back. */
  async undo(): Promise<void> {
    await this.#try(async () => this.#tell(await this.#backend.undo(), 'undone'));
  }

  /** Brings back what was taken back last. */
  async redo(): Promise<void> {
    await this.#try(async () => this.#tell(await this.#backend.redo(), 'again'));
  }

  /** Moves a group or a folder by one place. */
  async step(kind: 'group' | 'folder', id: string, by: 1 | -1): Promise<void> {
    const ids = (kind === 'group' ? this.groups : this.folders).map((thing) => thing.id);
    const before = steppedBefore(ids, id, by);
    if (before === undefined) return;
    const change = kind === 'group' ? 'move_group' : 'move_folder';
    await this.tryChange({ change, id, before });
  }

  /** Opens or folds a folder. */
  async fold({ id, folded }: Folder): Promise<void> {
    await this.tryChange({ change: 'fold_folder', id, folded: !folded });
  }

  /** Reads a file that somebody shared, and asks what to add of it. */
  async read(file: Blob): Promise<void> {
    await this.#try(async () => {
      const offered = await this.#backend.readGroups(await file.text());
      this.asked = { ask: 'offer', offered };
    });
  }

  /** Something was changed by another key: a favourite was added or removed. */
  async did(deed: ListDeed): Promise<void> {
    await this.#did(deed, 'done');
  }

  /** Asks no more. */
  close(): void {
    this.asked = null;
  }

  /** Forgets them: the person is at another place now. */
  clear(): void {
    this.take({ loose: 0, folders: [], groups: [], undo: null, redo: null });
    this.latest = false;
    this.asked = null;
  }

  async #tell(deed: ListDeed | null, how: 'undone' | 'again'): Promise<void> {
    if (deed) await this.#did(deed, how);
  }

  async #did(deed: ListDeed, how: 'done' | 'undone' | 'again'): Promise<void> {
    this.latest = true;
    await this.#told.done(deed, how);
  }

  async #try(command: () => Promise<void>): Promise<void> {
    try {
      await command();
    } catch (thrown) {
      this.#told.failed(asFailure(thrown));
    }
  }
}
