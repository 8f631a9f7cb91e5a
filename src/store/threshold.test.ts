/** Live rank rules against the table in docs/method.md, “LoRA with selection variables”. */
import { describe, expect, it } from 'vitest';
import { isKept, keptAt, layerThreshold, relativeSelection } from './threshold';

const softmax = (beta: number[]) => {
  const exps = beta.map(Math.exp);
  const sum = exps.reduce((a, b) => a + b, 0);
  return exps.map((e) => e / sum);
};
const rank = (a: number[], lambda: number) => a.filter((value) => isKept(value, lambda)).length;

describe('layerThreshold', () => {
  it('keeps every component of a uniform softmax, in float32 too', () => {
    for (let k = 1; k <= 64; k++) {
      const a = Array.from(new Float32Array(k).fill(1 / k));
      expect(rank(a, layerThreshold(a, new Array(k).fill(0), 'softmax', 'threshold'))).toBe(k);
    }
  });

  it('is 1/k, 0.5 and the mean for the three variants', () => {
    expect(layerThreshold([0.7, 0.1, 0.1, 0.1], [2, 0, 0, 0], 'softmax', 'threshold')).toBe(0.25);
    expect(layerThreshold([0.9, 0.2], [2, -1], 'sigmoid', 'threshold')).toBe(0.5);
    expect(layerThreshold([0.3, -0.1], [0.3, -0.1], 'none', 'threshold')).toBeCloseTo(0.1, 12);
  });

  it('with raw-mean and a positive sum is where the mean of the logits stands', () => {
    const beta = [3, 0.5, 0.4, -1];
    const a = softmax(beta);
    const lambda = layerThreshold(a, beta, 'softmax', 'raw-mean');
    const average = beta.reduce((x, y) => x + y, 0) / 4;
    expect(a.map((value) => isKept(value, lambda))).toEqual(beta.map((b) => b >= average));
    expect(rank(a, lambda)).toBe(1);
  });
});

describe('relativeSelection', () => {
  it('is 0 at the threshold and doubles by ones', () => {
    expect(relativeSelection(0.125, 0.125)).toBe(0);
    expect(relativeSelection(0.5, 0.125)).toBe(2);
    expect(relativeSelection(0, 0.125)).toBe(-Infinity);
    expect(relativeSelection(-0.5, -0.2)).toBe(-Infinity);
  });
});

describe('keptAt', () => {
  it('counts what stands at or above a threshold, uniform weights within tolerance', () => {
    expect(keptAt([0.5, 0.25, 0.25], 1 / 4)).toBe(3);
    expect(keptAt([0.5, 0.25, 0.25], 0.3)).toBe(1);
    expect(keptAt([1 / 3, 1 / 3, 1 / 3], 1 / 3)).toBe(3);
    expect(keptAt([0.5, 0.5], 2)).toBe(0);
  });
});
