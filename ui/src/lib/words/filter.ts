import type { FilterName, TypedFilter } from '../contract';
import { m } from '../paraglide/messages.js';

const words: Record<FilterName, (inputs: { value: string }) => string> = {
  place: m.filter_place,
  language: m.filter_language,
  department: m.filter_department,
  skill: m.filter_skill,
  title: m.filter_title,
  name: m.filter_name,
  free: () => m.only_free(),
  awake: () => m.filter_awake(),
};

/** A typed filter as its chip says it: "in madrid". */
export function filterWords({ key, value }: TypedFilter): string {
  return words[key]({ value });
}
