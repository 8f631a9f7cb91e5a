/** Bounded series: extremes survive thinning, order and ends stay, smoothing is TensorBoard's. */
import { describe, expect, it } from 'vitest';
import { BoundedSeries, debiasedEma, minMaxIndices } from './series';

describe('minMaxIndices', () => {
  it('keeps short series whole and long ones within the limit, with their spikes', () => {
    const a = Float32Array.from({ length: 10_000 }, (_, i) => Math.sin(i / 50));
    const b = new Float32Array(10_000);
    a[4321] = 99;
    b[7777] = -5;
    expect(minMaxIndices([a], 5, 600)).toEqual([0, 1, 2, 3, 4]);
    const kept = minMaxIndices([a, b], 10_000, 600);
    expect(kept.length).toBeLessThanOrEqual(600);
    expect(kept.length).toBeGreaterThan(200);
    expect(kept).toContain(4321);
    expect(kept).toContain(7777);
    expect(kept[0]).toBe(0);
    expect(kept.at(-1)).toBe(9999);
    expect(kept).toEqual([...kept].sort((x, y) => x - y));
  });

  it('passes over values that are not finite', () => {
    const a = new Float32Array(100).fill(Number.NaN);
    a[50] = 1;
    expect(minMaxIndices([a], 100, 10)).toEqual([0, 50, 99]);
  });
});

describe('debiasedEma', () => {
  it('starts at the first value and follows mean·w + (1−w)·x over 1 − wⁿ', () => {
    const smooth = debiasedEma([2, 4], 0.6);
    expect(smooth[0]).toBeCloseTo(2, 6);
    expect(smooth[1]).toBeCloseTo((0.6 * 0.4 * 2 + 0.4 * 4) / (1 - 0.36), 6);
    expect([...debiasedEma([1, 5, 2], 0)]).toEqual([1, 5, 2]);
  });

  it('leaves gaps', () => {
    const smooth = debiasedEma([1, Number.NaN, 1], 0.9);
    expect(smooth[1]).toBeNaN();
    expect(smooth[2]).toBeCloseTo(1, 6);
  });
});

describe('BoundedSeries', () => {
  it('knows the newest finite value of a column', () => {
    const series = new BoundedSeries(2);
    expect(series.last(0)).toBeUndefined();
    series.push(1, 0.5, Number.NaN);
    series.push(2, 0, Number.NaN);
    series.push(3, Number.NaN, Number.NaN);
    expect(series.last(0)).toBe(0);
    expect(series.last(1)).toBeUndefined();
  });

  it('never outgrows its capacity, keeps order, the extremes and the newest row', () => {
    const series = new BoundedSeries(2, 64);
    for (let step = 1; step <= 5000; step++) series.push(step, step === 77 ? 1000 : 1, -step);
    expect(series.length).toBeLessThanOrEqual(64);
    expect(series.x[0]).toBe(1);
    expect(series.lastX).toBe(5000);
    expect(Math.max(...series.column(0))).toBe(1000);
    const x = [...series.x.subarray(0, series.length)];
    expect(x).toEqual([...x].sort((a, b) => a - b));
    expect([...series.column(1)]).toEqual(x.map((step) => -step));
  });

  it('comes back from its stored form', () => {
    const series = new BoundedSeries(1);
    series.push(1, 0.5);
    series.push(2);
    const copy = new BoundedSeries(1);
    copy.push(9, 9);
    copy.restore(structuredClone(series.stored()));
    expect(copy.length).toBe(2);
    expect(copy.column(0)[0]).toBe(0.5);
    expect(copy.column(0)[1]).toBeNaN();
  });
});
