/** Numbers as people read them. */
import { describe, expect, it } from 'vitest';
import { binomialError, compact, even, percent, timesLambda, whole } from './numbers';

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

  it('are as long as each other where they stand below each other', () => {
    expect([0.48, 0.519, 1, -0.5, 12, 123.4].map((value) => even(value))).toEqual([
      '0.480',
      '0.519',
      '1.00',
      '−0.500',
      '12.0',
      '123',
    ]);
    expect([0, 999.7, 1234, 3e-7, Number.NaN].map((value) => even(value))).toEqual([
      '0',
      '1000',
      '1230',
      '3e-7',
      'NaN',
    ]);
  });

  it('tell counts and shares', () => {
    expect(whole(1234567)).toBe('1,234,567');
    expect(percent(0.8725)).toBe('87.3 %');
    expect([-3, -0.5, 0, 0.5].map((shift) => timesLambda(2 ** shift))).toEqual([
      '0.125 λ',
      '0.707 λ',
      '1 λ',
      '1.41 λ',
    ]);
    expect(binomialError(0.5, 100)).toBeCloseTo(0.05, 12);
  });
});
