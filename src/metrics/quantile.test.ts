import { expect, it } from 'vitest';
import { quantile } from './quantile';

it('interpolates quantiles', () => {
  expect([0, 0.25, 0.5, 1].map((q) => quantile([1, 2, 4, 8, 16], q))).toEqual([1, 2, 4, 16]);
  expect(quantile([1, 2], 0.5)).toBe(1.5);
});
