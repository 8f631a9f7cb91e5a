/** Train and dev sets drawn from a generator: balanced, without repetition, and apart by the hash of their units. */
import { RandomStream } from '../../random/stream';
import type { SequenceExample, Split } from '../task';
import { splitOf } from './heldOutSplit';
import { normalise } from './realisation';

/** A drawn example with the texts that decide its split, where these are not its own text and pair. */
export interface DrawnExample {
  readonly example: SequenceExample;
  readonly unit?: readonly string[];
}

export interface SetPlan {
  /** Fixed: the examples are the same for every seed of an experiment. */
  readonly seed: number;
  readonly trainSize: number;
  readonly devSize: number;
  /** Drawn in turn, so that there are equally many of each. */
  readonly kinds: number;
  /** An example of kind 0 … kinds − 1, or undefined where a draw came to nothing. */
  draw(random: RandomStream, kind: number): DrawnExample | undefined;
}

/** Words of the longest sentence, and words and marks of the longest pair. */
const longest = { sentence: 14, pair: 32 };

function isShort({ text, pair = '' }: SequenceExample): boolean {
  const sentences = `${text} ${pair}`.match(/[^.?!]+[.?!]?/g) ?? [];
  const pieces = `${text} ${pair}`.match(/\w+|[^\w\s]/g) ?? [];
  return (
    sentences.every((part) => part.trim().split(/\s+/).length <= longest.sentence) &&
    pieces.length <= longest.pair
  );
}

/**
 * Both splits, drawn when first asked for. An example is in dev if and only if its unit belongs there by `splitOf`; no
 * text or pair, in whichever order, occurs twice.
 */
export function drawnSets(plan: SetPlan): (split: Split) => SequenceExample[] {
  let sets: Record<Split, SequenceExample[]> | undefined;
  const make = () => {
    const seen = new Set<string>();
    const dev = drawSet(plan, 'dev', plan.devSize, seen);
    return { dev, train: drawSet(plan, 'train', plan.trainSize, seen) };
  };
  return (split) => {
    sets ??= make();
    return sets[split];
  };
}

function drawSet(plan: SetPlan, split: Split, size: number, seen: Set<string>): SequenceExample[] {
  const random = RandomStream.of(plan.seed, 'data', split === 'dev' ? 1 : 0);
  const examples: SequenceExample[] = [];
  while (examples.length < size) {
    const drawn = plan.draw(random, examples.length % plan.kinds);
    if (drawn === undefined) continue;
    const { example, unit } = drawn;
    const parts = example.pair === undefined ? [example.text] : [example.text, example.pair];
    const key = parts.map(normalise).sort().join(' | ');
    if (splitOf(...(unit ?? parts)) !== split || seen.has(key) || !isShort(example)) continue;
    if (parts.length === 2 && normalise(example.text) === normalise(example.pair ?? '')) continue;
    seen.add(key);
    examples.push(example);
  }
  return [...random.permutation(size)].map((i) => examples[i] as SequenceExample);
}
