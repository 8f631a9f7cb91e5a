/** Data that was to be new and is not. */
import type { Example } from './task';

/** What a model reads of an example, as one string. */
function inputOf(example: Example): string {
  if ('words' in example) return JSON.stringify(example.words);
  return JSON.stringify('source' in example ? example.source : [example.text, example.pair]);
}

/** A sentence on the dev examples that stand in train too, whatever their labels; none where none does. */
export function overlapNotes(train: readonly Example[], dev: readonly Example[]): string[] {
  const seen = new Set(train.map(inputOf));
  const shared = dev.filter((example) => seen.has(inputOf(example))).length;
  const whole = (count: number) => count.toLocaleString('en');
  return shared === 0 ? [] : [`${whole(shared)} of ${whole(dev.length)} dev examples stand in train too.`];
}
