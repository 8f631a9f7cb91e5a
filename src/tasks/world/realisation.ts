/** From template and words to written English: slots, articles, capitals, contractions, and the form texts are compared in. */
import type { RandomStream } from '../../random/stream';

/** Fills `{name}` slots in order of appearance; a slot is a string or is drawn when reached. */
export function fill(template: string, slots: Readonly<Record<string, string | (() => string)>>): string {
  return template.replace(/\{(\w+)\}/g, (_, name: string) => {
    const slot = slots[name];
    if (slot === undefined)
      throw new Error(`Template "${template}" has a slot {${name}} that nothing fills.`);
    return typeof slot === 'string' ? slot : slot();
  });
}

/** "a triumph", "an outstanding film". */
export function withArticle(phrase: string): string {
  return `${/^[aeiou]/i.test(phrase) ? 'an' : 'a'} ${phrase}`;
}

/** Capital at the start, full stop at the end unless there is a mark already. */
export function sentence(text: string): string {
  const capital = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?"]$/.test(capital) ? capital : `${capital}.`;
}

/** "was not" → "wasn't" and the like, throughout. */
export function contract(text: string): string {
  return text
    .replace(/\b(was|were|is|are|did|could|would|do|does) not\b/g, "$1n't")
    .replace(/\bcannot\b/g, "can't");
}

/** The form in which two texts are the same: lower case, words only, contractions written out. */
export function normalise(text: string): string {
  return (
    text
      .toLowerCase()
      .replace(/can't/g, 'cannot')
      .replace(/n't/g, ' not')
      .match(/[a-z0-9]+/g) ?? []
  ).join(' ');
}

/** One value by weight. */
export function weighted<T extends { readonly weight: number }>(
  random: RandomStream,
  options: readonly T[],
): T {
  const total = options.reduce((sum, option) => sum + option.weight, 0);
  let left = random.uniform() * total;
  for (const option of options) {
    left -= option.weight;
    if (left < 0) return option;
  }
  return options[options.length - 1] as T;
}

/** One element of a list whose earlier elements are the commoner: the n-th with weight 1/n. */
export function pickZipf<T>(random: RandomStream, items: readonly T[]): T {
  return weighted(
    random,
    items.map((item, i) => ({ item, weight: 1 / (i + 1) })),
  ).item;
}

/** True with the given probability. */
export function chance(random: RandomStream, probability: number): boolean {
  return random.uniform() < probability;
}

/** Two different elements of a list of at least two. */
export function pickTwo<T>(random: RandomStream, items: readonly T[]): [T, T] {
  const first = random.below(items.length);
  const second = (first + 1 + random.below(items.length - 1)) % items.length;
  return [items[first] as T, items[second] as T];
}
