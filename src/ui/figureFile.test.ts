/** Where the legend of an exported figure stands. */
import { describe, expect, it } from 'vitest';
import { legendPlaces } from './figureFile';

describe('legendPlaces', () => {
  it('puts entries beside each other while they fit, and the others on further lines', () => {
    const four = ['search: train', 'search: validation', 'retrain: AutoLoRA', 'retrain: LoRA'];
    expect(legendPlaces(four, 2000).map(({ line }) => line)).toEqual([0, 0, 0, 0]);
    const narrow = legendPlaces(four, 480);
    expect(narrow.map(({ line }) => line)).toEqual([0, 0, 0, 1]);
    expect(narrow[3]?.left).toBe(0);
    // One that is wider than a line has one of its own.
    expect(legendPlaces(['a'.repeat(80), 'b'], 100)).toEqual([
      { line: 0, left: 0 },
      { line: 1, left: 0 },
    ]);
  });
});
