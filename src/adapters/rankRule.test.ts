/** Rank rules against what torch kept, ties included. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ranksOf, selectionOf, startingLogit, survivorsOf, uniformThreshold } from './rankRule';

interface Kept {
  keep: number[];
  rank: number;
}
interface Case {
  name: string;
  k: number;
  beta: number[];
  softmax_alpha: number[];
  softmax: Kept;
  official_glue_raw: Kept;
  sigmoid: Kept & { alpha: number[] };
  none: Kept & { threshold: number };
}

const path = new URL('../testing/golden/threshold/golden.json', import.meta.url).pathname;
const golden = JSON.parse(readFileSync(path, 'utf8')) as {
  cases: Case[];
  layers24: {
    beta: { shape: [number, number]; data: number[] };
    ranks_softmax: number[];
    ranks_official_glue_raw: number[];
  };
};

describe('ranksOf', () => {
  it.each(golden.cases)('keeps what torch keeps: $name', ({ k, beta, ...expected }) => {
    const mask = (variant: 'softmax' | 'none' | 'sigmoid', rule: 'threshold' | 'raw-mean' = 'threshold') => {
      const [layer] = ranksOf([beta], variant, rule, k);
      expect(layer?.rank).toBe(layer?.keep.filter(Boolean).length);
      const survivors = survivorsOf(beta, variant, rule, layer?.rank as number);
      expect(survivors).toEqual(beta.flatMap((_, j) => (layer?.keep[j] ? [j] : [])));
      return layer?.keep.map(Number);
    };
    expect(mask('softmax')).toEqual(expected.softmax.keep);
    expect(mask('softmax', 'raw-mean')).toEqual(expected.official_glue_raw.keep);
    expect(mask('sigmoid')).toEqual(expected.sigmoid.keep);
    expect(mask('none')).toEqual(expected.none.keep);
    expect(ranksOf([beta], 'none', 'threshold', k)[0]?.threshold).toBeCloseTo(expected.none.threshold, 6);
    selectionOf(beta, 'softmax').forEach((a, j) => {
      expect(a).toBeCloseTo(expected.softmax_alpha[j] as number, 6);
    });
    selectionOf(beta, 'sigmoid').forEach((a, j) => {
      expect(a).toBeCloseTo(expected.sigmoid.alpha[j] as number, 6);
    });
  });

  it('ranks 24 layers', () => {
    const { beta, ranks_softmax, ranks_official_glue_raw } = golden.layers24;
    const [layers, k] = beta.shape;
    const rows = Array.from({ length: layers }, (_, l) => beta.data.slice(l * k, (l + 1) * k));
    const ranks = (rule: 'threshold' | 'raw-mean') =>
      ranksOf(rows, 'softmax', rule, k).map(({ rank }) => rank);
    expect(ranks('threshold')).toEqual(ranks_softmax);
    expect(ranks('raw-mean')).toEqual(ranks_official_glue_raw);
  });

  it('keeps all k of a uniform selection for every k, also when float32 rounds it below 1/k', () => {
    for (let k = 1; k <= 64; k++) {
      const tiny = Array.from({ length: k }, (_, j) => Math.fround(0.37 + (j % 2) * 1e-7));
      for (const variant of ['softmax', 'none'] as const) {
        expect(ranksOf([tiny], variant, 'threshold', k)[0]?.rank).toBe(k);
      }
      expect(ranksOf([tiny], 'softmax', 'raw-mean', k)[0]?.rank).toBe(k);
    }
  });

  it('compares a sigmoid with 0.5 as float32 does', () => {
    const [layer] = ranksOf([[0, -1e-8, -1e-6, 1e-8]], 'sigmoid', 'threshold', 4);
    expect(layer?.keep).toEqual([true, true, false, true]);
  });

  it('keeps every component of a search that begins', () => {
    for (const rule of ['threshold', 'raw-mean'] as const)
      for (const variant of ['softmax', 'sigmoid'] as const)
        expect(ranksOf([Array(5).fill(startingLogit(rule))], variant, rule, 5)[0]?.rank).toBe(5);
  });

  it('refuses a layer with another number of logits', () => {
    expect(() => ranksOf([[1, 2]], 'softmax', 'threshold', 3)).toThrow('2 selection logits; expected k = 3');
  });
});

describe('uniformThreshold', () => {
  it('is what every layer is compared with, where that is one number on the scale of a', () => {
    const beta = [0.3, -1, 2, 0];
    for (const variant of ['softmax', 'sigmoid'] as const) {
      expect(ranksOf([beta], variant, 'threshold', 4)[0]?.threshold).toBe(
        uniformThreshold(variant, 'threshold', 4),
      );
      expect(uniformThreshold(variant, 'raw-mean', 4)).toBeUndefined();
    }
    expect(uniformThreshold('softmax', 'threshold', 4)).toBe(0.25);
    expect(uniformThreshold('none', 'threshold', 4)).toBeUndefined();
  });
});
