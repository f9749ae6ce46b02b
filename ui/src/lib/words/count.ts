import { locale } from '../state/language.svelte';

/** A whole number as the language groups it: "2,000", "2.000". */
export function count(n: number): string {
  return new Intl.NumberFormat(locale()).format(n);
}

/** Which of the two forms of a message this number takes. */
export function plural(n: number): 'one' | 'other' {
  return new Intl.PluralRules(locale()).select(n) === 'one' ? 'one' : 'other';
}
