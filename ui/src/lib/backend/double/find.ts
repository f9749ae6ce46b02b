import type { Answer, FieldName, FoundBy, Group, Mark, Question, Row } from '../../contract';
import type { Member } from './organisation';

/** What of the person's own lists a question is asked with. */
interface Own {
  group(id: string): Group | undefined;
  order(): string[];
}

const NOBODY = { rows: [], total: 0, filters: [] };

/** Answers a question the way the engine does: every word is a prefix of some word; free people come first. */
export function find(members: readonly Member[], asked: Question, own: Own): Answer {
  const group = asked.group === null ? undefined : own.group(asked.group);
  if (asked.group !== null && !group) return { ...NOBODY, number: asked.number, among: members.length };
  const question = group ? { ...asked, text: `${group.text} ${asked.text}`, only: group.only } : asked;
  const words = question.text.split(/\s+/).map(fold).filter(Boolean);
  const rows: Row[] = [];
  for (const member of members) {
    if (!among(member.row, question)) continue;
    const marks = words.map((word) => marksOf(member, word));
    if (marks.every((found) => found.length > 0)) rows.push({ ...member.row, marks: marks.flat() });
  }
  const order = own.order();
  if (words.length === 0 && question.only === 'favourites') {
    rows.sort((a, b) => order.indexOf(a.id) - order.indexOf(b.id));
  } else if (words.length === 0 && question.only === 'recents') {
    rows.sort((a, b) => (b.recent?.at ?? '').localeCompare(a.recent?.at ?? ''));
  } else rows.sort((a, b) => rank(a) - rank(b));
  return {
    number: question.number,
    rows: rows.slice(question.skip, question.skip + question.limit),
    total: rows.length,
    among: members.length,
    filters: [],
  };
}

function among(row: Row, question: Question): boolean {
  if (question.only === 'favourites') return row.favourite;
  if (question.only === 'recents') return row.recent !== null;
  if (question.only === 'free') return row.presence.state === 'available' || row.presence.state === 'mobile';
  return true;
}

function rank(row: Row): number {
  return row.presence.state === 'available' ? 0 : row.presence.state === 'mobile' ? 1 : 2;
}

function marksOf({ row, email }: Member, word: string): Mark[] {
  const marks: Mark[] = [];
  const look = (field: FieldName, item: number, text: string) => {
    const folded = fold(text);
    if (folded.length !== text.length) return;
    for (const { index } of folded.matchAll(/[^\s-]+/g)) {
      if (folded.startsWith(word, index)) marks.push({ field, item, start: index, end: index + word.length });
    }
  };
  look('name', 0, row.name);
  look('title', 0, row.title);
  look('department', 0, row.department);
  look('place', 0, row.place);
  row.skills.forEach((skill, item) => look('skill', item, skill));
  look('email', 0, email);
  const digits = word.replace(/\D/g, '');
  if (digits.length > 2 && row.number?.includes(digits))
    marks.push({ field: 'number', item: 0, start: 0, end: 1 });
  return marks;
}

/** Why a row answers a text: the first place of each word. */
export function reasonsFor(member: Member, text: string): FoundBy[] {
  return text
    .split(/\s+/)
    .map(fold)
    .filter(Boolean)
    .flatMap((word) => {
      const found = marksOf(member, word)[0];
      if (!found) return [];
      const { row, email } = member;
      const others = { language: '', alias: '', former_name: '' };
      const texts = { ...row, ...others, skill: row.skills[found.item], email, number: row.number };
      return [{ word, how: 'beginning' as const, field: found.field, text: texts[found.field] ?? '' }];
    });
}

/** Folds case and accents without changing the length where the script allows it. */
function fold(text: string): string {
  return Array.from(text, (letter) => {
    const bare = letter.normalize('NFD')[0] ?? letter;
    return { ø: 'o', Ø: 'o', ł: 'l', Ł: 'l', ı: 'i' }[bare] ?? bare.toLowerCase();
  }).join('');
}
