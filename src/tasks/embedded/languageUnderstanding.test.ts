import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { mean } from '../../metrics/mean';
import { RandomStream } from '../../random/stream';
import { bagOfWordsBaseline, bagOfWordsRegression } from '../bagOfWords';
import type { SequenceExample, Split } from '../task';
import { splitOf } from '../world/heldOutSplit';
import { normalise } from '../world/realisation';
import { drawRelationLine } from '../world/relations';
import { colaSizes, generateCola } from './cola';
import { generateMnli, mnliSizes } from './mnli';
import { generateMrpc, mrpcSizes } from './mrpc';
import { generateQnli, qnliSizes } from './qnli';
import { generateQqp, qqpSizes } from './qqp';
import { generateRte, rteSizes } from './rte';
import { generateStsb, stsbSizes } from './stsb';

interface Case {
  readonly name: string;
  readonly generate: (split: Split) => SequenceExample[];
  readonly sizes: { readonly trainSize: number; readonly devSize: number };
  /** 0 for scores. */
  readonly classes: number;
  readonly digest: string;
}

// Runs are compared across time: other examples are another task. The digests also keep the results table honest.
const cases: readonly Case[] = [
  { name: 'cola', generate: generateCola, sizes: colaSizes, classes: 2, digest: '8eb4bc994f95bf3c' },
  { name: 'mrpc', generate: generateMrpc, sizes: mrpcSizes, classes: 2, digest: 'e545b39af5e3dc2a' },
  { name: 'qqp', generate: generateQqp, sizes: qqpSizes, classes: 2, digest: 'bf7b331956ddf65c' },
  { name: 'mnli', generate: generateMnli, sizes: mnliSizes, classes: 3, digest: 'f8a95b28964db55a' },
  { name: 'qnli', generate: generateQnli, sizes: qnliSizes, classes: 2, digest: 'eafb68462c1ac5f9' },
  { name: 'rte', generate: generateRte, sizes: rteSizes, classes: 2, digest: '234511e68c23be91' },
  { name: 'stsb', generate: generateStsb, sizes: stsbSizes, classes: 0, digest: 'f5128d2153045ae4' },
];

const partsOf = ({ text, pair }: SequenceExample) => (pair === undefined ? [text] : [text, pair]);
const pieces = (example: SequenceExample) =>
  partsOf(example)
    .join(' ')
    .match(/\w+|[^\w\s]/g)?.length ?? 0;

let lines: string[] | undefined;
const corpusLines = () => {
  const random = RandomStream.of(1, 'corpus');
  lines ??= Array.from({ length: 12_000 }, () => drawRelationLine(random));
  return lines;
};
const openings =
  /^(?:in other words|that is|so|this means that|true|false|unknown|the same|not the same|then|later) /;
/** Sentences of a line as bare words, without what leads from one to the next. */
const sentencesOf = (text: string) =>
  (text.match(/[^.?!]+/g) ?? []).map((part) => normalise(part).replace(openings, ''));

describe.each(cases)('the embedded $name task', ({ name, generate, sizes, classes, digest }) => {
  const [train, dev] = [generate('train'), generate('dev')];
  const both = [...train, ...dev];

  it('has its sizes and balanced labels, and gives the same examples every time', () => {
    expect([train.length, dev.length]).toEqual([sizes.trainSize, sizes.devSize]);
    expect(generate('train')).toBe(train);
    for (const examples of [train, dev]) {
      for (let label = 0; label < classes; label++) {
        expect(examples.filter((example) => example.label === label)).toHaveLength(examples.length / classes);
      }
    }
    const rows = both.map((example) => [...partsOf(example), example.label]);
    const hash = createHash('sha256').update(JSON.stringify(rows)).digest('hex').slice(0, 16);
    expect(hash).toBe(digest);
  });

  it('repeats nothing, in whichever order, and keeps dev pairs to dev', () => {
    const keys = both.map((example) => partsOf(example).map(normalise).sort().join(' | '));
    expect(new Set(keys).size).toBe(keys.length);
    // A faulty sentence belongs to the split of the sentence it was made from.
    const own = both.filter((example) => name !== 'cola' || example.label === 1);
    const devOnes = new Set(dev);
    for (const example of own)
      expect(splitOf(...partsOf(example))).toBe(devOnes.has(example) ? 'dev' : 'train');
  });

  it('is of short whole sentences whose length does not tell the label', () => {
    for (const example of both) {
      for (const part of partsOf(example)) expect(part).toMatch(/^[A-Z][A-Za-z ,.]*[.?]$/);
      expect(partsOf(example).join(' ')).not.toMatch(/undefined| {2}|\.\./);
      expect(pieces(example)).toBeLessThanOrEqual(32);
    }
    const labels = new Set(both.map((example) => Math.round(example.label)));
    const lengths = [...labels].map((label) =>
      mean(both.filter((example) => Math.round(example.label) === label).map(pieces)),
    );
    expect(Math.max(...lengths) - Math.min(...lengths)).toBeLessThan(1.5);
  });

  it('uses words that pretraining has met', () => {
    const known = new Set(corpusLines().flatMap((line) => normalise(line).split(' ')));
    const words = new Set(
      both.flatMap((example) => partsOf(example).flatMap((part) => normalise(part).split(' '))),
    );
    expect([...words].filter((word) => !known.has(word))).toEqual([]);
  });

  it('has no dev example whose parts stand together in running text', () => {
    const byLast = new Map<string, string[][]>();
    for (const example of dev) {
      if (name === 'cola' && example.label === 0) continue;
      const parts = partsOf(example).flatMap(sentencesOf).filter(Boolean);
      const last = parts.at(-1) ?? '';
      byLast.set(last, [...(byLast.get(last) ?? []), parts]);
    }
    const met = corpusLines().flatMap((line) => {
      const found = sentencesOf(line);
      return found
        .flatMap((part) => byLast.get(part) ?? [])
        .filter((parts) => parts.every((part) => found.includes(part)));
    });
    expect(met).toEqual([]);
  });
});

/** Upper bounds: what was measured, stated in each generator's file, and two to three points. */
describe('bags of words', () => {
  const baselines = (generate: (split: Split) => SequenceExample[]) =>
    ([1, 2] as const).map((order) => bagOfWordsBaseline(generate('train'), generate('dev'), order).accuracy);

  it.each([
    ['cola', generateCola, [0.59, 0.68]],
    ['mrpc', generateMrpc, [0.67, 0.6]],
    ['qqp', generateQqp, [0.71, 0.65]],
    ['mnli', generateMnli, [0.5, 0.52]],
    ['qnli', generateQnli, [0.64, 0.59]],
    ['rte', generateRte, [0.6, 0.58]],
  ] as const)('are far from solving %s', (_, generate, bounds) => {
    baselines(generate).forEach((accuracy, i) => {
      expect(accuracy).toBeLessThan(bounds[i] as number);
    });
  });

  it('are far from ranking stsb', () => {
    const [train, dev] = [generateStsb('train'), generateStsb('dev')];
    expect(bagOfWordsRegression(train, dev, 1).spearman).toBeLessThan(0.66);
    expect(bagOfWordsRegression(train, dev, 2).spearman).toBeLessThan(0.58);
  });

  it.each([
    ['mnli', generateMnli, 0.4],
    ['rte', generateRte, 0.54],
    ['qnli', generateQnli, 0.59],
  ] as const)('learn next to nothing from the second texts of %s alone', (_, generate, bound) => {
    const second = (split: Split) => generate(split).map(({ pair = '', label }) => ({ text: pair, label }));
    for (const order of [1, 2] as const)
      expect(bagOfWordsBaseline(second('train'), second('dev'), order).accuracy).toBeLessThan(bound);
  });
});
