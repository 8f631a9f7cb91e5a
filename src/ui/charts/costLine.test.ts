/** Costs over the run stand on a round scale that a single slow step does not spoil. */
import { describe, expect, it } from 'vitest';
import { costLine } from './costLine';

describe('costLine', () => {
  it('goes from 0 to a round value over the whole width', () => {
    expect(costLine([10, 20, 30], Float32Array.of(20, 40, 10))).toEqual({
      points: '0.0,15.0 150.0,0.0 300.0,22.5',
      top: 40,
      cut: 0,
    });
  });

  it('cuts a slow first step off and says so', () => {
    const { points, top, cut } = costLine([1, 2, 3, 4], Float32Array.of(4000, 41, 40, 39));
    expect({ top, cut }).toEqual({ top: 60, cut: 1 });
    expect(points.startsWith('0.0,0.0 ')).toBe(true);
  });

  it('leaves out what is not known', () => {
    expect(costLine([1, 2, 3], Float32Array.of(Number.NaN, 5, 5)).points).toBe('150.0,5.0 300.0,5.0');
    expect(costLine([1], Float32Array.of(Number.NaN)).points).toBe('');
    expect(costLine([], new Float32Array()).points).toBe('');
  });
});
