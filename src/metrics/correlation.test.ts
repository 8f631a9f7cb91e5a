import { describe, expect, it } from 'vitest';
import { averageRanks, pearsonCorrelation, regressionMetrics, spearmanCorrelation } from './correlation';

describe('correlation', () => {
  it('ranks ties by their mean rank', () => {
    expect(averageRanks([10, 20, 10, 5, 20, 20])).toEqual([2.5, 5, 2.5, 1, 5, 5]);
    expect(averageRanks([])).toEqual([]);
  });

  it('agrees with sums done by hand', () => {
    // dx = −1 0 1, dy = −1 1 0: Σ dx dy = 1, Σ dx² = Σ dy² = 2.
    expect(pearsonCorrelation([1, 2, 3], [1, 3, 2])).toBeCloseTo(0.5, 12);
    // Monotone but bent: ranks agree, values do not.
    expect(spearmanCorrelation([1, 2, 3, 4], [1, 10, 100, 1000])).toBeCloseTo(1, 12);
    expect(pearsonCorrelation([1, 2, 3, 4], [1, 10, 100, 1000])).toBeLessThan(0.9);
    // Ranks 1.5 1.5 3 against 1 2 3: dx = −.5 −.5 1, dy = −1 0 1 → 1.5 / √(1.5 · 2).
    expect(spearmanCorrelation([7, 7, 9], [1, 2, 3])).toBeCloseTo(Math.sqrt(3) / 2, 12);
  });

  it('is 0 for a constant list and refuses lists that do not pair up', () => {
    expect(regressionMetrics([2, 2, 2], [1, 2, 3])).toEqual({
      values: { pearson: 0, spearman: 0 },
      confusion: [],
    });
    // Three times 0.1 is more than 0.3: their mean is none of them.
    expect(pearsonCorrelation([0.1, 0.1, 0.1], [0.7, 0.7, 0.7])).toBe(0);
    expect(pearsonCorrelation([0.1, 0.1, 0.1], [1, 2, 3])).toBe(0);
    expect(() => pearsonCorrelation([1, 2], [1])).toThrow('not 2 and 1');
    expect(() => pearsonCorrelation([1], [1])).toThrow('at least two');
  });
});
