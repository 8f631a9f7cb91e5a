/** Scales hold all values and 0; what is too small on them is said; numbers below bars keep apart. */
import { describe, expect, it } from 'vitest';
import { box, innerHeight, numberStride, unseenNote, uprightScale } from './barScale';

describe('uprightScale', () => {
  it('has round ticks from below the least to above the largest value, and 0 among them', () => {
    const { ticks, y } = uprightScale([-0.0075, 0.0043]);
    expect(ticks).toEqual([-0.01, -0.005, 0, 0.005]);
    expect(y(0.005)).toBe(box.top);
    expect(y(-0.01)).toBe(box.top + innerHeight);
    expect(y(0)).toBeCloseTo(box.top + innerHeight / 3, 9);
    expect(uprightScale([0.2, 0.31]).ticks[0]).toBe(0);
    expect(uprightScale([0, 0]).ticks.every(Number.isFinite)).toBe(true);
  });
});

describe('unseenNote', () => {
  const scale = uprightScale([-0.0075, 0.0043]);

  it('speaks of values that draw nothing, of either sign', () => {
    expect(unseenNote([1.05e-5, -6e-6], scale)).toBe('too small to see: at most 1.05e-5');
    expect(unseenNote([1e-6, -1.05e-5], scale)).toBe('too small to see: at most 1.05e-5');
    expect(unseenNote([0, 0], scale)).toBe('all 0');
  });

  it('is silent where one of them can be seen', () => {
    expect(unseenNote([1e-6, -0.0075], scale)).toBeUndefined();
    expect(unseenNote([0.0002], scale)).toBeUndefined();
  });
});

describe('numberStride', () => {
  it('leaves numbers out where places are narrow', () => {
    const slotOf = (components: number) => (box.width - box.left) / components;
    expect([8, 16, 32, 64].map((k) => numberStride(slotOf(k)))).toEqual([1, 1, 2, 4]);
    expect(numberStride(0.5)).toBe(48);
  });
});
