/** Axes carry round numbers that cover the data. */
import { describe, expect, it } from 'vitest';
import { enclosingTicks, linearTicks, logTicks } from './ticks';

describe('ticks', () => {
  it('are round and start at 0', () => {
    expect(linearTicks(240)).toEqual([0, 50, 100, 150, 200]);
    expect(linearTicks(0.72)).toEqual([0, 0.2, 0.4, 0.6]);
    expect(linearTicks(3)).toEqual([0, 1, 2, 3]);
    expect(linearTicks(0)).toEqual([0]);
  });

  it('enclose values that are compared', () => {
    expect(enclosingTicks(0.58, 0.74)).toEqual([0.55, 0.6, 0.65, 0.7, 0.75]);
    expect(enclosingTicks(12, 31)).toEqual([10, 15, 20, 25, 30, 35]);
    expect(enclosingTicks(3, 3)).toEqual([3, 4]);
    expect(enclosingTicks(0, 0.79, { count: 6 })).toEqual([0, 0.2, 0.4, 0.6, 0.8]);
    expect(enclosingTicks(0, 1.01, { count: 6 })).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1, 1.2]);
    expect(enclosingTicks(Infinity, -Infinity)).toEqual([0, 1]);
  });

  it('are whole numbers where things are counted', () => {
    expect(linearTicks(1, { leastStep: 1 })).toEqual([0, 1]);
    expect(linearTicks(2, { leastStep: 1 })).toEqual([0, 1, 2]);
    expect(linearTicks(240, { leastStep: 1 })).toEqual([0, 50, 100, 150, 200]);
    expect(enclosingTicks(23, 24, { leastStep: 1 })).toEqual([23, 24]);
    expect(enclosingTicks(1, 1, { leastStep: 1 })).toEqual([1, 2]);
  });

  it('are powers of ten that enclose the data', () => {
    expect(logTicks(2e-5, 0.03)).toEqual([1e-5, 1e-4, 1e-3, 1e-2, 1e-1]);
    expect(logTicks(0.2, 0.3)).toEqual([0.1, 1]);
    const wide = logTicks(1e-20, 1);
    expect(wide.length).toBeLessThan(9);
    expect(wide[0]).toBeLessThanOrEqual(1e-20);
    expect(wide.at(-1)).toBeGreaterThanOrEqual(1);
  });
});
