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

  /** Takes what a newer answer says about the same person. What is as before is not drawn again. */
  learn(row: Row, presence: PresenceView = row.presence): void {
    if (!same({ ...row, presence: null }, { ...this.row, presence: null })) this.row = row;
    if (!same(presence, this.presence)) this.presence = presence;
    this.favourite = row.favourite;
  }

  get id(): string {
    return this.row.id;
  }
}

/** Whether two parts of answers say the same: the engine writes its fields in one order. */
function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
