import type { PresenceView, Row } from '../contract';

/** A person in the list: what the answer said, with the parts that move in place. */
export class Entry {
  row: Row = $state.raw()!;
  presence: PresenceView = $state.raw()!;
  favourite: boolean = $state(false);

  constructor(row: Row, presence: PresenceView = row.presence) {
    this.row = row;
    this.presence = presence;
    this.favourite = row.favourite;
  }

  /** Takes what a newer answer says about the same person. */
  learn(row: Row, presence: PresenceView = row.presence): void {
    this.row = row;
    this.presence = presence;
    this.favourite = row.favourite;
  }

  get id(): string {
    return this.row.id;
  }
}
