/** BLEU, NIST, ROUGE-L, CIDEr, METEOR and TER on made-up texts, the sums beside them. */
import { describe, expect, it } from 'vitest';
import { bleuCounts, multiBleu, nltkBleu, pymtevalBleu } from './bleu';
import { cider } from './cider';
import { e2eMetrics, webnlgMetrics } from './generation';
import { meteorCounts, meteorExactStem, meteorScore } from './meteor';
import { alignWords } from './meteorAlign';
import { nist } from './nist';
import { rougeL } from './rougeL';
import { stemEnglish } from './stemEnglish';
import { ter, terOfBest } from './ter';

const w = (text: string) => text.split(' ');

describe('BLEU', () => {
  it('clips matches, and takes the nearest length, the shorter of two', () => {
    // a a a b b against a a b and a b b b c c c: a at most 2, b at most 3. Lengths 3 and 7 are both two away.
    const counts = bleuCounts([w('a a a b b')], [[w('a a b'), w('a b b b c c c')]]);
    expect(counts.matches).toEqual([4, 3, 2, 0]); // aa ab bb; aab abb
    expect(counts.totals).toEqual([5, 4, 3, 2]);
    expect(counts.referenceLength).toBe(3);
    expect(multiBleu(counts)).toBe(0);
    // Smoothed: 5/6 · 4/5 · 3/4 · 1/3 = 1/6.
    expect(pymtevalBleu(counts, 1)).toBeCloseTo((1 / 6) ** 0.25, 12);
    // NLTK's method 3 gives the missing length ½ a match: 4/5 · 3/4 · 2/3 · ½/2 = 1/10.
    expect(nltkBleu(counts, [0, 0, 0, 0])).toBeCloseTo(0.1 ** 0.25, 12);
  });

  it('takes brevity off', () => {
    // Every n-gram matches; four words for five: exp(1 − 5/4).
    expect(multiBleu(bleuCounts([w('a b c d')], [[w('a b c d e')]]))).toBeCloseTo(Math.exp(-0.25), 12);
  });
});

describe('NIST', () => {
  it('weighs a match by what the references tell', () => {
    // a b twice in four reference words: info a = log2(4/2) = 1 = info b; a→b = log2(2/2) = 0, so 2·1/2 = 1.
    expect(nist([w('a b')], [[w('a b'), w('a b')]])).toBeCloseTo(1, 12);
    // Two words of three: half of it.
    expect(nist([w('a b')], [[w('a b c')]])).toBeCloseTo(Math.log2(3) / 2, 12);
  });

  it('differs between the scripts for short texts and uneven references', () => {
    const texts = [w('a'), w('b c d')];
    const lists = [[w('a')], [w('b c d'), w('b c d e e')]];
    // Unigrams: 9 words; a, e, b, c, d stand 1, 2, 2, 2, 2 times. Longer ones tell nothing more: log2 1 = 0.
    const weight = Math.log2(9) + 3 * Math.log2(9 / 2);
    const beta = Math.log(2) / Math.log(1.5) ** 2;
    const penalty = (ratio: number) => Math.exp(-beta * Math.log(ratio) ** 2);
    expect(nist(texts, lists)).toBeCloseTo((weight / 4) * penalty(4 / 5), 12);
    expect(nist(texts, lists, 'mteval')).toBeCloseTo((weight / 4) * penalty(4 / 6), 12);
  });
});

describe('ROUGE-L and CIDEr', () => {
  it('takes the longest common subsequence', () => {
    // a c e: 3 of 4 and 3 of 5 → (1 + 1.44)·.75·.6 / (.6 + 1.44·.75).
    expect(rougeL(w('a c e x'), [w('a b c d e')])).toBeCloseTo((2.44 * 0.45) / 1.68, 12);
    expect(rougeL([], [w('a')])).toBe(0);
  });

  it('gives ten for equal texts that are rare, and nothing for words that all texts have', () => {
    const texts = [w('a b c d e'), w('f g h i j')];
    for (const score of cider(
      texts,
      texts.map((text) => [text]),
    ))
      expect(score).toBeCloseTo(10, 12);
    expect(cider([w('a'), w('a')], [[w('a')], [w('a')]])).toEqual([0, 0]);
    // Only unigrams: weights equal, 1 of 2 shared → cosine ½, a quarter of it, times 10.
    const [score] = cider([w('a b'), w('q')], [[w('a c')], [w('r')]]);
    expect(score).toBeCloseTo((10 * 0.5) / 4, 12);
  });
});

describe('METEOR (exact + stem)', () => {
  it('weighs content above function words and stems below words', () => {
    // the dogs bark / the dog barks: "the" exact (function), two stems (content), one chunk.
    const counts = meteorCounts('the dogs bark', 'the dog barks');
    expect(counts.matched).toEqual([0, 1, 2, 0]);
    expect(counts.chunks).toBe(1);
    // Matches ¾·0.6·2 + ¼ = 1.15 of 1.75 on both sides. All words in one chunk: no penalty.
    expect(meteorScore(counts)).toBeCloseTo(1.15 / 1.75, 12);
  });

  it('takes fragments off', () => {
    // cat dog / dog cat: P = R = 1, two chunks of two matches: 1 − 0.6·1^0.2.
    expect(meteorExactStem(['cat dog'], [['dog cat']])).toBeCloseTo(0.4, 12);
    expect(alignWords(w('x a b'), w('a b x a'))).toMatchObject({ chunks: 2 });
  });

  it('stems as Snowball does', () => {
    const pairs = {
      restaurants: 'restaur',
      generously: 'generous',
      hopping: 'hop',
      hoped: 'hope',
      ties: 'tie',
      cries: 'cri',
      nationally: 'nation',
      skies: 'sky',
      happily: 'happili',
      agreed: 'agre',
      sayings: 'say',
      controlling: 'control',
    };
    for (const [word, stem] of Object.entries(pairs)) expect([word, stemEnglish(word)]).toEqual([word, stem]);
  });
});

describe('TER', () => {
  it('counts a shift once, where words alone would cost two', () => {
    expect(ter(w('c d a b'), w('a b c d'))).toBe(1 / 4);
    expect(ter(w('a x'), w('a b c d'))).toBe(3 / 4); // one replaced, two missing
    expect(ter([], w('a b'))).toBe(1);
    expect(terOfBest(w('a b'), [w('x y'), w('a b')])).toBe(0);
    expect(() => terOfBest(w('a'), [[]])).toThrow('TER needs one word at least');
  });
});

describe.each([
  ['e2eMetrics', e2eMetrics],
  ['webnlgMetrics', webnlgMetrics],
] as const)('%s', (_, score) => {
  const references = [['The café “Zoë” opens at 9.30 p.m.', 'Zoë is open.'], ['An 🦊 lives   by the river!']];

  it('takes empty texts, repeated spaces and any alphabet', () => {
    for (const predictions of [
      ['', ''],
      ['  ', '🦊🦊'],
      ['кафе   Зоя', '日本語 のテキスト'],
    ])
      for (const value of Object.values(score(predictions, references).values))
        expect(Number.isFinite(value)).toBe(true);
    expect(score(['', ''], references).values.bleu).toBe(0);
  });

  it('prefers the reference to a shortened one', () => {
    const right = score(
      references.map(([first]) => first as string),
      references,
    ).values;
    const less = score(['The café opens', 'An 🦊'], references).values;
    for (const [key, value] of Object.entries(right)) {
      if (key === 'ter') expect(value).toBeLessThan(less[key] as number);
      else expect(value).toBeGreaterThan(less[key] as number);
    }
  });

  it('refuses lists that do not pair up', () => {
    expect(() => score([], [])).toThrow('no texts to score');
    expect(() => score(['a'], [])).toThrow('1 predicted texts for 0 lists of references');
    expect(() => score(['a', 'b'], [['a'], []])).toThrow('Text 2 has no reference');
  });
});
