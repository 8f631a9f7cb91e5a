import { describe, expect, it } from 'vitest';
import { spearmanCorrelation } from '../metrics/correlation';
import {
  incompleteBeta,
  kendallCorrelation,
  logGamma,
  meanAgreement,
  pairedTTest,
  sampleDeviation,
  standardError,
  studentTwoSided,
  wilcoxonSignedRank,
} from './statistics';

describe('spread', () => {
  it('is that of a sample', () => {
    expect(sampleDeviation([2, 4, 4, 4, 5, 5, 7, 9])).toBeCloseTo(Math.sqrt(32 / 7), 12);
    expect(standardError([1, 3])).toBeCloseTo(1, 12);
  });

  it('is not known of one number', () => {
    expect(sampleDeviation([3])).toBeUndefined();
    expect(standardError([3])).toBeUndefined();
    expect(pairedTTest([3], [2])).toBeUndefined();
  });
});

describe('Student’s distribution', () => {
  it.each([
    // Tabulated quantiles t(0.975) and t(0.995) by degrees of freedom.
    [1, 12.7062047, 0.05],
    [4, 2.7764451, 0.05],
    [9, 2.2621572, 0.05],
    [30, 2.0422725, 0.05],
    [1, 63.6567412, 0.01],
    [4, 4.6040949, 0.01],
    [120, 2.6174211, 0.01],
  ])('with %i degrees of freedom is beyond ±%f with probability %f', (freedom, t, probability) => {
    expect(studentTwoSided(t, freedom)).toBeCloseTo(probability, 8);
    expect(studentTwoSided(-t, freedom)).toBeCloseTo(probability, 8);
  });

  it('has closed forms for one and two degrees of freedom', () => {
    for (const t of [0.01, 0.5, 1, 3, 40]) {
      expect(studentTwoSided(t, 1)).toBeCloseTo(1 - (2 / Math.PI) * Math.atan(t), 12);
      expect(studentTwoSided(t, 2)).toBeCloseTo(1 - t / Math.sqrt(2 + t * t), 12);
    }
    expect(studentTwoSided(0, 5)).toBe(1);
    expect(studentTwoSided(Infinity, 5)).toBe(0);
  });

  it('rests on the incomplete beta function, as scipy.special.betainc', () => {
    expect(incompleteBeta(0.3, 2.5, 0.5)).toBeCloseTo(0.018927124071945658, 13);
    expect(incompleteBeta(0.9, 0.5, 7)).toBeCloseTo(0.9999999780702157, 13);
    expect(incompleteBeta(0.5, 10, 10)).toBeCloseTo(0.5, 13);
    expect(incompleteBeta(0.97, 100, 3)).toBeCloseTo(0.40633618022259166, 12);
    // I_x(1, b) = 1 − (1 − x)^b.
    expect(incompleteBeta(0.2, 1, 3)).toBeCloseTo(1 - 0.8 ** 3, 13);
    expect(() => incompleteBeta(1.5, 1, 1)).toThrow('x = 1.5');
    expect(logGamma(11)).toBeCloseTo(Math.log(3628800), 12);
    expect(logGamma(0.5)).toBeCloseTo(Math.log(Math.PI) / 2, 13);
    expect(logGamma(0.1)).toBeCloseTo(2.252712651734206, 12);
  });
});

describe('the paired t-test', () => {
  it('equals scipy.stats.ttest_rel', () => {
    const test = pairedTTest([78.8, 79.1, 77, 80.2, 78.9], [78.5, 76.4, 77.2, 79, 78.1]);
    expect(test?.statistic).toBeCloseTo(1.9410780863651902, 10);
    expect(test?.pValue).toBeCloseTo(0.12422339868824855, 10);
    expect(test?.pairs).toBe(5);
  });

  it('finds no difference between equal lists, and refuses lists that do not pair up', () => {
    expect(pairedTTest([1, 2, 3], [1, 2, 3])).toEqual({ statistic: 0, pValue: 1, pairs: 3 });
    expect(pairedTTest([2, 3, 4], [1, 2, 3])).toBeUndefined();
    expect(pairedTTest([0.784, 0.794], [0.78, 0.79])).toBeUndefined();
    expect(() => pairedTTest([1, 2], [1])).toThrow('not 2 and 1');
  });
});

describe('Wilcoxon’s signed-rank test', () => {
  const zeros = (n: number) => new Array<number>(n).fill(0);

  it('equals scipy.stats.wilcoxon(method="exact")', () => {
    const test = wilcoxonSignedRank([1.1, 2.3, -0.4, 3.2, 0.9, 1.7], zeros(6));
    expect(test).toEqual({ statistic: 1, pValue: 0.0625, pairs: 6 });
  });

  it('cannot fall below 2 / 2^n: five seeds never reach 0.05', () => {
    expect(wilcoxonSignedRank([1, 2, 3, 4, 5], zeros(5))?.pValue).toBe(2 / 32);
    expect(wilcoxonSignedRank([1, 2, 3, 4, 5, 6], zeros(6))?.pValue).toBe(2 / 64);
  });

  it('counts tied sizes by their average ranks, over all signs', () => {
    // Ranks 1.5 1.5 3: W+ = 1.5 (one of the small ones); sums ≤ 1.5 among the 8 signs: {}, {1.5}, {1.5} = 3.
    expect(wilcoxonSignedRank([0.784, 0.792, 0.7], [0.78, 0.796, 0.71])).toEqual({
      statistic: 1.5,
      pValue: 0.75,
      pairs: 3,
    });
  });

  it('leaves equal pairs out', () => {
    expect(wilcoxonSignedRank([1, 2], [1, 2])).toBeUndefined();
    expect(wilcoxonSignedRank([1, 5], [1, 2])).toEqual({ statistic: 0, pValue: 1, pairs: 1 });
    expect(() =>
      wilcoxonSignedRank(
        [...zeros(51)].map((_, i) => i + 1),
        zeros(51),
      ),
    ).toThrow('at most 50');
  });
});

describe('agreement of rank vectors', () => {
  it('is Kendall’s τ-b as scipy counts it', () => {
    expect(kendallCorrelation([12, 2, 1, 12, 2], [1, 4, 7, 1, 0])).toBeCloseTo(-0.4714045207910316, 12);
    expect(kendallCorrelation([8, 4, 4, 6, 2, 1], [7, 5, 4, 4, 2, 3])).toBeCloseTo(0.6428571428571429, 12);
    expect(kendallCorrelation([4, 4, 4], [1, 2, 3])).toBe(0);
    expect(() => kendallCorrelation([1], [1])).toThrow('at least two');
  });

  it('is the mean over pairs of runs', () => {
    const vectors = [
      [1, 2, 3],
      [1, 2, 3],
      [3, 2, 1],
    ];
    expect(meanAgreement(vectors, spearmanCorrelation)).toBeCloseTo(-1 / 3, 12);
    expect(meanAgreement(vectors.slice(0, 1), spearmanCorrelation)).toBeUndefined();
  });
});
