import type { FieldName, FoundBy } from '../contract';
import { m } from '../paraglide/messages.js';

const fields: Record<FieldName, () => string> = {
  name: m.field_name,
  title: m.field_title,
  department: m.field_department,
  place: m.field_place,
  skill: m.field_skill,
  language: m.field_language,
  email: m.field_email,
  number: m.field_number,
  alias: m.field_alias,
  former_name: m.field_former_name,
};

const hows: Record<FoundBy['how'], ((inputs: { field: string }) => string) | null> = {
  as_typed: null,
  beginning: m.found_beginning,
  digits: m.found_digits,
  initials: m.found_initials,
  other_name: m.found_other_name,
  other_word: m.found_other_word,
  mended: m.found_mended,
};

/** Where a word was found and how: "skill, other word". */
export function foundWords({ how, field }: FoundBy): string {
  const where = fields[field]();
  return hows[how]?.({ field: where }) ?? where;
}
