/**
 * The embedded paraphrase task: two statements of the small world that tell the same in other words (1), or nearly: with
 * roles changed over (two in five of the others), another value, or one detail in the place of another (0). Dev accuracy
 * of `bagOfWordsBaseline`: 64.2 % on unigrams (F1 66.9 %), 57.3 % with bigrams (59.6 %); the majority has 50 %.
 */
import type { SequenceExample, Split } from '../task';
import { statement } from '../world/eventSentences';
import { drawnSets } from '../world/exampleSets';
import { sameOrNearMiss } from '../world/matched';
import { sentence } from '../world/realisation';

export const mrpcSizes = { trainSize: 1600, devSize: 480 };

const sets = drawnSets({
  seed: 20261127,
  ...mrpcSizes,
  kinds: 2,
  draw(random, label) {
    const pair = sameOrNearMiss(random, label === 1);
    if (pair === undefined) return undefined;
    const [text, other] = [pair.first, pair.second].map((frame) => sentence(statement(random, frame)));
    return { example: { text: text ?? '', pair: other ?? '', label } };
  },
});

/** Two statements; 1 if they tell the same, else 0. */
export function generateMrpc(split: Split): SequenceExample[] {
  return sets(split);
}
