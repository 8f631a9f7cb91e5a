/**
 * The embedded acceptability task: sentences of the small world as they are (1), or with one fault of grammar (0). Faults
 * put common forms where another belongs ("Did Anna gave", "Anna give"), so that neither words nor neighbours give them
 * away. Dev accuracy of `bagOfWordsBaseline`: 56.4 % on unigrams (Matthews 0.13), 66.0 % with bigrams (0.32); the
 * majority has 50 % (0).
 */
import type { SequenceExample, Split } from '../task';
import { drawJudged } from '../world/acceptability';
import { drawnSets } from '../world/exampleSets';

export const colaSizes = { trainSize: 2000, devSize: 500 };

const sets = drawnSets({
  seed: 20261130,
  ...colaSizes,
  kinds: 2,
  draw(random, label) {
    const judged = drawJudged(random);
    if (judged === undefined) return undefined;
    const text = label === 1 ? judged.acceptable : judged.unacceptable;
    return { example: { text, label }, unit: [judged.acceptable] };
  },
});

/** Sentences; 0 unacceptable, 1 acceptable. A faulty one belongs to the split of the sentence it was made from. */
export function generateCola(split: Split): SequenceExample[] {
  return sets(split);
}
