/** What is dropped goes where it belongs, whatever screen is looked at. */
import { describe, expect, it } from 'vitest';
import { sortDrop } from './useDrops';

const files = ['train.tsv', 'class/calm-river.autolora'].map((path) => ({ path, blob: new Blob([path]) }));
const [table, run] = files;

describe('sortDrop', () => {
  it('tells runs by their ending on every screen', () => {
    expect(sortDrop('lab', files)).toEqual({ runs: [run], chosen: [table] });
    expect(sortDrop('learn', files)).toEqual({ runs: [run], chosen: [table] });
  });

  it('takes everything for a run where runs are looked at, so that what is none is named', () => {
    expect(sortDrop('runs', files)).toEqual({ runs: files, chosen: [] });
  });
});
