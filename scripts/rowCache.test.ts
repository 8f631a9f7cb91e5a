import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../src/testing/temporaryFolder';
import { cachedRows, cachedText, rowCachePath } from './rowCache';

const folder = () => temporaryFolder('rows');

describe('cachedRows', () => {
  it('reads back what was made, group by group, without making it again', () => {
    const rows = {
      plain: [{ ids: [0, 1999, 2], label: 0 }],
      all: [
        { ids: [0, 5, 2], label: 0 },
        { ids: [0, 2], label: 0 },
      ],
      heldOut: [],
    };
    const path = rowCachePath(folder(), ['a', 1]);
    let made = 0;
    const make = () => {
      made += 1;
      return rows;
    };
    expect(cachedRows(path, make)).toEqual(rows);
    expect(cachedRows(path, make)).toEqual(rows);
    expect(made).toBe(1);
  });

  it('keeps rows of other options apart', () => {
    expect(rowCachePath('.', ['a', 1])).not.toBe(rowCachePath('.', ['a', 2]));
  });
});

describe('cachedText', () => {
  it('is made once', () => {
    const own = folder();
    const texts = ['first', 'second'].map((text) => cachedText(own, 'key', () => text));
    expect(texts).toEqual(['first', 'first']);
  });
});
