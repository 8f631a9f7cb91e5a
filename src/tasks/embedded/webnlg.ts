/**
 * The embedded WebNLG task: one to four triples about the small world, and texts that say them. On dev, the text of the
 * most similar train record (`nearestRecordTexts`) says 11.3 % of a record's subjects and objects and scores BLEU 21.0 %;
 * 7.8 % of its four-word runs stand in a reference, of a plain list of the triples (`slotListing`) 1.5 % do, of one
 * reference held against the others 39.0 %.
 */
import { RandomStream } from '../../random/stream';
import { HeldOutTexts } from '../heldOut';
import type { GenerationExample, Split } from '../task';
import { drawReferences, lengthOf } from '../world/recordTexts';
import { drawTriples, isHeldOutCombination, splitOfTriples, tripleSource } from '../world/triples';
import { drawTripleText } from '../world/tripleTexts';

/** Records per split; each has one to three texts in train, two to four in dev (fewer where there are fewer ways). */
export const webnlgSizes = { train: 1000, dev: 240 } as const;

const dataSeed = 20261124;
/** Longest record with one text, in words and marks. */
const maximumLength = 54;
/** Share of dev records whose predicates, taken together, never occur in train. */
const unseenShare = 1 / 3;

const generated = new Map<Split, GenerationExample[]>();

/** Records that `split` may hold, no two alike, with their texts; dev holds combinations of predicates unknown to train. */
export function generateWebnlg(split: Split): GenerationExample[] {
  const known = generated.get(split);
  if (known !== undefined) return known;
  const random = RandomStream.of(dataSeed, 'data', 1, split === 'dev' ? 1 : 0);
  const size = webnlgSizes[split];
  const unseen = split === 'dev' ? Math.round(size * unseenShare) : 0;
  const wanted = { unseen, seen: size - unseen };
  const examples: GenerationExample[] = [];
  const drawn = new Set<string>();
  // A long text may begin as a short one of dev does.
  const heldOut = new HeldOutTexts(
    split === 'dev' ? [] : generateWebnlg('dev').flatMap(({ references }) => references),
  );
  const suits = (source: string, text: string) =>
    lengthOf(source) + lengthOf(text) <= maximumLength && !heldOut.occursIn(text);
  while (examples.length < size) {
    const triples = drawTriples(random);
    const source = tripleSource(triples);
    const kind = isHeldOutCombination(triples) ? 'unseen' : 'seen';
    if (wanted[kind] === 0 || drawn.has(source) || splitOfTriples(triples) !== split) continue;
    drawn.add(source);
    const references = drawReferences(
      random,
      split,
      (text) => suits(source, text),
      () => drawTripleText(random, triples),
    );
    if (references === undefined) continue;
    wanted[kind]--;
    examples.push({ source, references });
  }
  // Quotas fill at different speeds: without this the last records would all be of one kind.
  const order = [...random.permutation(size)].map((i) => examples[i] as GenerationExample);
  generated.set(split, order);
  return order;
}
