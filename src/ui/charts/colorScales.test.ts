/** The scales meet at grey at the threshold, differ to its sides, and clip. */
import { describe, expect, it } from 'vitest';
import { absoluteColor, divergingColor, fineReach, mix, rankColor } from './colorScales';

const channels = (color: string) => (color.match(/\d+/g) ?? []).map(Number) as [number, number, number];

describe('color scales', () => {
  it('is grey at the threshold, orange below and blue above', () => {
    for (const scheme of ['light', 'dark'] as const) {
      const [r, g, b] = channels(divergingColor(0, scheme));
      expect(Math.max(r, g, b) - Math.min(r, g, b)).toBeLessThan(20);
      const below = channels(divergingColor(-2, scheme));
      expect(below[0]).toBeGreaterThan(below[2]);
      const above = channels(divergingColor(2, scheme));
      expect(above[2]).toBeGreaterThan(above[0]);
    }
  });

  it('clips at three doublings', () => {
    expect(divergingColor(9, 'light')).toBe(divergingColor(3, 'light'));
    expect(divergingColor(0.25, 'light', fineReach)).toBe(divergingColor(1.5, 'light'));
    expect(divergingColor(0.5, 'dark', fineReach)).toBe(divergingColor(3, 'dark'));
    expect(divergingColor(Number.NEGATIVE_INFINITY, 'dark')).toBe(divergingColor(-3, 'dark'));
  });

  it('runs over the absolute and the rank scale', () => {
    expect(absoluteColor(0)).toBe('rgb(0,34,78)');
    expect(absoluteColor(1)).toBe('rgb(254,232,56)');
    expect(rankColor(8, 8, 'light')).not.toBe(rankColor(0, 8, 'light'));
    expect(
      mix(
        [
          [0, 0, 0],
          [10, 20, 30],
        ],
        0.5,
      ),
    ).toBe('rgb(5,10,15)');
  });
});
