import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { bagOfWordsBaseline } from '../bagOfWords';
import { normalise } from '../world/realisation';
import { generateSst2, sentimentSplits, sst2Sizes } from './sst2';

const digest = (value: unknown) =>
  createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16);

describe('the embedded SST-2', () => {
  const { train, dev } = sentimentSplits();

  it('has its fixed sizes, balanced labels, and gives the same examples every time', () => {
    for (const split of ['train', 'dev'] as const) {
      const examples = generateSst2(split);
      const size = split === 'train' ? 1000 : 500;
      expect(examples).toHaveLength(size);
      expect(examples.filter((example) => example.label === 1)).toHaveLength(size / 2);
      expect(generateSst2(split)).toEqual(examples);
    }
    expect(sst2Sizes).toEqual({ trainSize: 1000, devSize: 500 });
  });

  // The embedded model's corpus leaves out these very dev texts: another grammar asks for another pretraining.
  it('holds the examples that the embedded model was kept from', () => {
    const rows = (examples: typeof dev) => examples.map(({ text, label }) => [text, label]);
    expect(digest(rows(dev))).toBe('ad7c6c248bb9567b');
    expect(digest(rows(train))).toBe('87960f369e74ffe0');
  });

  it('repeats no text within or across the splits', () => {
    const texts = [...train, ...dev].map((example) => normalise(example.text));
    expect(new Set(texts).size).toBe(texts.length);
  });

  it('is of one to three sentences of 6 to 28 words, made in every way', () => {
    for (const { text } of [...train, ...dev]) {
      expect(text).toMatch(/^[A-Z].*[.]$/);
      expect(text).not.toMatch(/[{}]|undefined| {2}|\.\./);
      const words = normalise(text).split(' ').length;
      expect(words).toBeGreaterThanOrEqual(6);
      expect(words).toBeLessThanOrEqual(28);
    }
    expect(new Set(dev.map((example) => example.construction))).toEqual(
      new Set(['single', 'agreement', 'contrast', 'reported', 'expectation', 'weighed']),
    );
  });

  it('is not solved by counting words or word pairs', () => {
    const unigrams = bagOfWordsBaseline(train, dev, 1);
    const bigrams = bagOfWordsBaseline(train, dev, 2);
    expect(unigrams.accuracy).toBeCloseTo(0.564, 3);
    expect(bigrams.accuracy).toBeCloseTo(0.614, 3);
  });
});
