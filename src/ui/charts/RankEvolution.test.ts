/** Runs of equal ranks cover every column once, and a click finds the step that stands there. */
import { describe, expect, it } from 'vitest';
import { rankRuns, stepAt } from './RankEvolution';

describe('rankRuns', () => {
  it('joins equal neighbours', () => {
    expect(rankRuns([8, 8, 7, 7, 7, 8])).toEqual([
      { start: 0, length: 2, rank: 8 },
      { start: 2, length: 3, rank: 7 },
      { start: 5, length: 1, rank: 8 },
    ]);
    expect(rankRuns([])).toEqual([]);
  });
});

describe('stepAt', () => {
  it('is the step whose band holds the place', () => {
    const steps = [10, 20, 40];
    expect([-0.2, 0, 0.24, 0.26, 0.74, 0.76, 1].map((share) => stepAt(share, steps, 50))).toEqual([
      10, 10, 10, 20, 20, 40, 40,
    ]);
    expect(stepAt(0.5, [], 1)).toBeUndefined();
  });
});
