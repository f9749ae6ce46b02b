import { locale } from '../state/language.svelte';

/** What a language needs for numbers. Made once for each: making costs a millisecond, using a microsecond. */
interface Rules {
  number: Intl.NumberFormat;
  plural: Intl.PluralRules;
}

const known = new Map<string, Rules>();

/** A whole number as the language groups it: "2,000", "2.000". */
export function count(n: number): string {
  return rules().number.format(n);
}

/** Which of the two forms of a message this number takes. */
export function plural(n: number): 'one' | 'other' {
  return rules().plural.select(n) === 'one' ? 'one' : 'other';
}

function rules(): Rules {
  const language = locale();
  let found = known.get(language);
  if (!found) {
    found = { number: new Intl.NumberFormat(language), plural: new Intl.PluralRules(language) };
    known.set(language, found);
  }
  return found;
}
