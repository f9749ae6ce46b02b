import type { FieldName, Mark } from './contract';

/** A piece of text, and whether it matched. */
export interface Piece {
  text: string;
  marked: boolean;
}

/** Cuts a text at its marks (UTF-16 units). Marks may overlap, touch, come in any order or reach too far. */
export function pieces(text: string, marks: readonly Pick<Mark, 'start' | 'end'>[]): Piece[] {
  const cut: Piece[] = [];
  let at = 0;
  for (const { start, end } of [...marks].sort((a, b) => a.start - b.start)) {
    const [from, to] = [Math.max(start, at), Math.min(end, text.length)];
    if (from >= to) continue;
    if (from > at) cut.push({ text: text.slice(at, from), marked: false });
    const last = cut.at(-1);
    if (last?.marked) last.text += text.slice(from, to);
    else cut.push({ text: text.slice(from, to), marked: true });
    at = to;
  }
  if (at < text.length) cut.push({ text: text.slice(at), marked: false });
  return cut;
}

/** The marks of one field of a row. */
export function marksIn(marks: readonly Mark[], field: FieldName, item = 0): Mark[] {
  return marks.filter((mark) => mark.field === field && mark.item === item);
}
