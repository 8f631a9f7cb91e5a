import { describe, expect, it } from 'vitest';
import { type StableRanks, stoodStill, watched } from './stableRanks';

const seen = (reports: number[][], tolerance: number) =>
  reports.reduce<StableRanks | undefined>(
    (known, ranks, i) => watched(known, ranks, 4 * (i + 1), tolerance),
    undefined,
  );

describe('watched', () => {
  it('counts from the last change where nothing may change', () => {
    expect(stoodStill(undefined)).toBe(0);
    expect(stoodStill(seen([[3, 2]], 0))).toBe(0);
    expect(
      seen(
        [
          [3, 2],
          [3, 1],
          [3, 1],
          [3, 1],
        ],
        0,
      ),
    ).toEqual({ ranks: [3, 1], since: 8, until: 16, looks: 2 });
    const often = (times: number) => seen(new Array(times).fill([3, 1]), 0);
    expect(stoodStill(often(3))).toBe(0);
    expect(stoodStill(often(4))).toBe(12);
    expect(
      stoodStill(
        seen(
          [
            [3, 1],
            [3, 1],
            [2, 2],
          ],
          0,
        ),
      ),
    ).toBe(0);
  });

  it('overlooks what comes and goes, but not what drifts away from where the stretch began', () => {
    // Of 20 one may go.
    const flicker = [
      [10, 10],
      [10, 9],
      [10, 10],
      [11, 10],
    ];
    expect(stoodStill(seen(flicker, 0.05))).toBe(12);
    expect(stoodStill(seen(flicker, 0.04))).toBe(0);
    // One layer's loss is not another's gain: two ranks have changed.
    expect(
      stoodStill(
        seen(
          [
            [10, 10],
            [11, 9],
          ],
          0.05,
        ),
      ),
    ).toBe(0);
    expect(
      seen(
        [
          [10, 10],
          [10, 9],
          [10, 8],
          [10, 8],
        ],
        0.05,
      ),
    ).toEqual({
      ranks: [10, 8],
      since: 12,
      until: 16,
      looks: 1,
    });
  });
});
