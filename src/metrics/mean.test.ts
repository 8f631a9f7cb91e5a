import { describe, expect, it } from 'vitest';
import { mean } from './mean';

describe('mean', () => {
  it('is that of lists and typed arrays', () => {
    expect(mean([2, 4, 4, 4, 5, 5, 7, 9])).toBe(5);
    expect(mean(Float32Array.of(0.5, 1))).toBe(0.75);
  });

  it('refuses no numbers', () => {
    expect(() => mean([])).toThrow('no mean of no numbers');
  });
});
