/** Runs of equal ranks cover every column once. */
import { describe, expect, it } from 'vitest';
import { rankRuns } from './RankEvolution';

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
