/** Several different texts for one record. */
import type { RandomStream } from '../../random/stream';
import type { Split } from '../task';

const least = { train: 1, dev: 2 } as const;
/** Draws after which a record is taken to have no more texts. */
const patience = 24;

/** Words and marks: about the tokens of a small vocabulary. */
export function lengthOf(text: string): number {
  return text.match(/[A-Za-z]+|\d+|[^\sA-Za-z\d]/g)?.length ?? 0;
}

/**
 * One to three different texts in train, two to four in dev; fewer where the record cannot be said in as many ways, none
 * (undefined) where no text drawn suits.
 */
export function drawReferences(
  random: RandomStream,
  split: Split,
  suits: (text: string) => boolean,
  draw: () => string,
): string[] | undefined {
  const count = least[split] + random.below(3);
  const texts = new Set<string>();
  for (let i = 0; i < patience && texts.size < count; i++) {
    const text = draw();
    if (suits(text)) texts.add(text);
  }
  return texts.size === 0 ? undefined : [...texts];
}
