/** A smoothed line is said by the numbers that were reported, and says where it is smoothed. */
import { describe, expect, it } from 'vitest';
import { lastPoint, pointOf, pointText } from './linePoint';

describe('pointOf', () => {
  const row = { x: 3, train: 0.519, trainRaw: 0.48, ranks: 24 };

  it('tells what was reported from what is drawn', () => {
    expect(pointOf(row, { key: 'train', raw: true })).toEqual({ reported: 0.48, smoothed: 0.519 });
    expect(pointOf(row, { key: 'ranks' })).toEqual({ reported: 24 });
    expect(pointOf({ ...row, train: 0.48 }, { key: 'train', raw: true })).toEqual({ reported: 0.48 });
  });

  it('is empty where the row has nothing of the line', () => {
    expect(pointOf(row, { key: 'validation', raw: true })).toEqual({});
    expect(pointOf(row, { key: 'validation' }).reported).toBeUndefined();
  });
});

describe('lastPoint', () => {
  it('passes over rows of other lines', () => {
    const rows = [
      { x: 1, a: 1, aRaw: 2 },
      { x: 2, a: 3, aRaw: 5 },
      { x: 3, b: 9 },
    ] as never;
    expect(lastPoint(rows, { key: 'a', raw: true })).toEqual({ reported: 5, smoothed: 3 });
    expect(lastPoint(rows, { key: 'c' })).toEqual({});
  });
});

it('writes counts whole and all else as long as each other', () => {
  expect([1234, 0.48, 0.5194].map(pointText)).toEqual(['1,234', '0.480', '0.519']);
});
