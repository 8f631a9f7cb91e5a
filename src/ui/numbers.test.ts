/** Numbers as people read them. */
import { describe, expect, it } from 'vitest';
import { binomialError, clock, compact, percent, whole } from './numbers';

describe('numbers', () => {
  it('are compact', () => {
    expect(compact(0.012345)).toBe('0.0123');
    expect(compact(3.14159e-7)).toBe('3.14e-7');
    expect(compact(-0.5)).toBe('−0.5');
    expect(compact(-3.1e-7, 2)).toBe('−3.1e-7');
    expect(compact(1e-7, 6)).toBe('1e-7');
    expect(compact(1_000_000)).toBe('1e6');
    expect(compact(1.5e-8, 2)).toBe('1.5e-8');
    expect(compact(1.05e-8)).toBe('1.05e-8');
    expect(compact(0)).toBe('0');
    expect(compact(Number.NaN)).toBe('NaN');
    expect(compact(Number.NEGATIVE_INFINITY)).toBe('−∞');
  });

  it('tell time, counts and shares', () => {
    expect(clock(7_400)).toBe('0:07');
    expect(clock(3_729_000)).toBe('1:02:09');
    expect(clock(-5)).toBe('0:00');
    expect(whole(1234567)).toBe('1,234,567');
    expect(percent(0.8725)).toBe('87.3 %');
    expect(binomialError(0.5, 100)).toBeCloseTo(0.05, 12);
  });
});
