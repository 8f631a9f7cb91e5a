/**
 * The embedded E2E task: records of restaurants of the small world, and texts of one to three sentences that say them. On
 * dev, the text of the most similar train record (`nearestRecordTexts`) says 58.9 % of a record's values and scores BLEU
 * 31.9 %; 15.1 % of its four-word runs stand in a reference, of a plain list of the slots (`slotListing`) 1.9 % do, of one
 * reference held against the others 24.4 %.
 */
import { RandomStream } from '../../random/stream';
import { HeldOutTexts } from '../heldOut';
import type { GenerationExample, Split } from '../task';
import { splitOf } from '../world/heldOutSplit';
import { drawReferences, lengthOf } from '../world/recordTexts';
import { drawRestaurant, drawRestaurantText, restaurantSource } from '../world/restaurants';

/** Records per split; each has one to three texts in train, two to four in dev. */
export const e2eSizes = { train: 1000, dev: 250 } as const;

/** Fixed: the examples are the same for every seed of an experiment. */
const dataSeed = 20261124;
/** Longest record with one text, in words and marks. */
const maximumLength = 70;

const generated = new Map<Split, GenerationExample[]>();

/** Records that `split` may hold, no two alike, with their texts. */
export function generateE2e(split: Split): GenerationExample[] {
  const known = generated.get(split);
  if (known !== undefined) return known;
  const random = RandomStream.of(dataSeed, 'data', 0, split === 'dev' ? 1 : 0);
  const examples: GenerationExample[] = [];
  const seen = new Set<string>();
  // A long text may begin as a short one of dev does.
  const heldOut = new HeldOutTexts(
    split === 'dev' ? [] : generateE2e('dev').flatMap(({ references }) => references),
  );
  const suits = (source: string, text: string) =>
    lengthOf(source) + lengthOf(text) <= maximumLength && !heldOut.occursIn(text);
  while (examples.length < e2eSizes[split]) {
    const record = drawRestaurant(random);
    const source = restaurantSource(record);
    if (seen.has(source) || splitOf(source) !== split) continue;
    seen.add(source);
    const references = drawReferences(
      random,
      split,
      (text) => suits(source, text),
      () => drawRestaurantText(random, record),
    );
    if (references !== undefined) examples.push({ source, references });
  }
  generated.set(split, examples);
  return examples;
}
