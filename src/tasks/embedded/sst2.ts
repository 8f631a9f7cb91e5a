/**
 * The embedded SST-2, a sentiment task: reviews of the small world, whose polarity the words alone do not give away.
 * Dev accuracy of `bagOfWordsBaseline` (logistic regression at the L2 strength that suits dev best): 56.4 % on unigrams,
 * 61.4 % with bigrams; the majority class has 50 %.
 */
import { RandomStream } from '../../random/stream';
import type { SequenceExample, Split } from '../task';
import type { Polarity } from '../world/lexicon';
import { type Construction, drawOpinion, type OpinionMix } from '../world/opinions';
import { normalise } from '../world/realisation';

/** Which constructions the examples are made of; about half of all sentiment words stand under an operator that turns them. */
const mix: OpinionMix = {
  constructions: { single: 48, agreement: 14, contrast: 20, reported: 10, expectation: 5, weighed: 3 },
  single: { plain: 6, negation: 3, 'affirming-negation': 1.6, comparison: 0.8, 'double-negation': 0.6 },
  inner: { plain: 6, negation: 2.5, 'affirming-negation': 0.5, comparison: 0.5 },
  opening: 0.7,
};

export const sst2Sizes = { trainSize: 1000, devSize: 500 };
/** Fixed: the examples are the same for every seed of an experiment. */
const dataSeed = 20261123;

/** An example with how it was made, for breaking an accuracy down. */
export interface SentimentExample extends SequenceExample {
  readonly construction: Construction;
}

let generated: { train: SentimentExample[]; dev: SentimentExample[] } | undefined;

/** Both splits; no text (compared by words, ignoring case, marks and contractions) occurs twice. */
export function sentimentSplits(): { train: SentimentExample[]; dev: SentimentExample[] } {
  generated ??= (() => {
    const seen = new Set<string>();
    const dev = draw('dev', sst2Sizes.devSize, seen);
    return { dev, train: draw('train', sst2Sizes.trainSize, seen) };
  })();
  return generated;
}

function draw(split: Split, size: number, seen: Set<string>): SentimentExample[] {
  const random = RandomStream.of(dataSeed, 'data', split === 'dev' ? 1 : 0);
  const examples: SentimentExample[] = [];
  while (examples.length < size) {
    const polarity: Polarity = examples.length % 2 === 0 ? 1 : -1;
    const { text, construction } = drawOpinion(random, polarity, mix);
    const key = normalise(text);
    const wordCount = key.split(' ').length;
    if (seen.has(key) || wordCount < 6 || wordCount > 28) continue;
    seen.add(key);
    examples.push({ text, label: polarity === 1 ? 1 : 0, construction });
  }
  return [...random.permutation(size)].map((i) => examples[i] as SentimentExample);
}

/** 0 negative, 1 positive. */
export function generateSst2(split: Split): SequenceExample[] {
  return sentimentSplits()[split].map(({ text, label }) => ({ text, label }));
}
