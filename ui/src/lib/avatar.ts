/** The first letters of the first and the last word of a name, or of the only one. */
export function initials(name: string): string {
  const words = name.split(/[\s-]+/).filter((word) => /\p{L}|\p{N}/u.test(word));
  const ends = words.length > 1 ? [words[0], words.at(-1)] : words.slice(0, 1);
  return ends
    .map((word) => Array.from(word?.match(/[\p{L}\p{N}].*/u)?.[0] ?? '')[0] ?? '')
    .join('')
    .toLocaleUpperCase();
}

/** A hue in degrees that belongs to an id: always the same, near ids far apart. */
export function hue(id: string): number {
  let hash = 2166136261;
  for (const letter of id) hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 16777619);
  return (((hash >>> 0) * 137.508) % 360) | 0;
}
