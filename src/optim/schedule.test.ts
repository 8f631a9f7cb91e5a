import { describe, expect, it } from 'vitest';
import { learningRateAt, type ScheduleOptions } from './schedule';

const ratesOf = (options: Omit<ScheduleOptions, 'learningRate'>) =>
  Array.from({ length: options.steps }, (_, step) => learningRateAt(step, { ...options, learningRate: 2 }));

describe('learningRateAt', () => {
  it.each([
    ['with a warm-up', 10, 0.3, [1 / 3, 2 / 3, 1, 1, 6 / 7, 5 / 7, 4 / 7, 3 / 7, 2 / 7, 1 / 7]],
    ['without one', 4, 0, [1, 3 / 4, 2 / 4, 1 / 4]],
    ['with nothing else', 4, 1, [1 / 4, 2 / 4, 3 / 4, 1]],
    ['with a share that rounds to no step', 3, 0.1, [1, 2 / 3, 1 / 3]],
  ])('rises to the rate and falls towards 0 in a linear schedule %s', (_, steps, warmupFraction, shares) => {
    const rates = ratesOf({ kind: 'linear', steps, warmupFraction });
    expect(rates).toEqual(shares.map((share) => expect.closeTo(2 * share, 12)));
  });

  it('is 0 at the end of a linear schedule and after it', () => {
    const options = { kind: 'linear', learningRate: 2, steps: 10, warmupFraction: 0.3 } as const;
    expect([10, 11, 50].map((step) => learningRateAt(step, options))).toEqual([0, 0, 0]);
  });

  it('stays where it is in a constant schedule, warm-up or not', () => {
    expect(ratesOf({ kind: 'constant', steps: 4, warmupFraction: 0.5 })).toEqual([2, 2, 2, 2]);
  });
});
