import { describe, expect, it } from 'vitest';
import { BatchSampler, batchesInOrder, collate, drawnSubset, splitExamples } from './batches';

const rows = Array.from({ length: 10 }, (_, i) => ({
  ids: Array.from({ length: 2 + (i % 3) }, () => 10 + i),
  label: i,
}));
const drawn = (sampler: BatchSampler, batches: number) =>
  Array.from({ length: batches }, () => [...sampler.next().labels]).flat();
const sampler = (position?: { epoch: number; offset: number }, seed = 5, stream = 0) =>
  new BatchSampler(rows, { batchSize: 4, padId: 1, seed, stream }, position);

describe('collate', () => {
  it('pads to the longest row and marks what is no padding', () => {
    const batch = collate(
      [
        { ids: [0, 7, 2], label: 1 },
        { ids: [0, 2], label: 0 },
      ],
      1,
    );
    expect([batch.size, batch.length]).toEqual([2, 3]);
    expect([...batch.inputIds]).toEqual([0, 7, 2, 0, 2, 1]);
    expect([...batch.attentionMask]).toEqual([1, 1, 1, 1, 1, 0]);
    expect([...batch.labels]).toEqual([1, 0]);
  });

  it('pads labels per token with what the loss leaves out', () => {
    const batch = collate(
      [
        { ids: [0, 7, 2], label: [-100, 4, -100] },
        { ids: [0], label: [3] },
      ],
      1,
    );
    expect([...batch.labels]).toEqual([-100, 4, -100, 3, -100, -100]);
  });
});

describe('BatchSampler', () => {
  it('shows every row once per epoch, in another order each epoch, batches spanning the seam', () => {
    const labels = drawn(sampler(), 5);
    const sorted = (part: number[]) => [...part].sort((a, b) => a - b);
    const all = rows.map((row) => row.label);
    expect(sorted(labels.slice(0, 10))).toEqual(all);
    expect(sorted(labels.slice(10))).toEqual(all);
    expect(labels.slice(0, 10)).not.toEqual(labels.slice(10));
  });

  it('goes on from a saved position with the same rows', () => {
    const first = sampler();
    drawn(first, 3);
    const resumed = sampler({ ...first.position });
    expect(first.position).toEqual({ epoch: 1, offset: 2 });
    expect(drawn(resumed, 4)).toEqual(drawn(first, 4));
  });

  it('says which rows of which pass a batch was', () => {
    const one = sampler();
    expect(one.drawn).toBeUndefined();
    const said = Array.from({ length: 6 }, () => {
      one.next();
      return one.drawn;
    });
    expect(said.map((batch) => [batch?.first, batch?.pass])).toEqual([
      [1, 1],
      [5, 1],
      [9, 1],
      [3, 2],
      [7, 2],
      [1, 3],
    ]);
    expect(said[2]).toEqual({ first: 9, count: 4, of: 10, pass: 1 });
  });

  it('depends on seed and stream', () => {
    expect(drawn(sampler(), 2)).toEqual(drawn(sampler(), 2));
    expect(drawn(sampler(undefined, 6), 2)).not.toEqual(drawn(sampler(), 2));
    expect(drawn(sampler(undefined, 5, 1), 2)).not.toEqual(drawn(sampler(), 2));
  });

  it('gives all rows where there are fewer than a batch, and refuses none', () => {
    const small = new BatchSampler(rows.slice(0, 3), { batchSize: 4, padId: 1, seed: 1, stream: 0 });
    expect(small.next().size).toBe(3);
    expect(() => new BatchSampler([], { batchSize: 4, padId: 1, seed: 1, stream: 0 })).toThrow('no examples');
  });
});

describe('batchesInOrder', () => {
  it('covers the rows in order, the last batch short', () => {
    const batches = [...batchesInOrder(rows, 4, 1)];
    expect(batches.map((batch) => batch.size)).toEqual([4, 4, 2]);
    expect(batches.flatMap((batch) => [...batch.labels])).toEqual(rows.map((row) => row.label));
  });
});

describe('drawnSubset', () => {
  it('is not the first rows, in their order and the same every time', () => {
    const sorted = Array.from({ length: 300 }, (_, i) => i);
    const drawn = drawnSubset(sorted, 100);
    expect(drawn).toEqual([...new Set(drawn)].sort((one, other) => one - other));
    expect(drawn).toHaveLength(100);
    // Of each third about a third.
    for (const third of [0, 100, 200])
      expect(drawn.filter((i) => i >= third && i < third + 100).length).toBeGreaterThan(20);
    expect(drawnSubset(sorted, 100)).toEqual(drawn);
    expect(drawnSubset(sorted, 300)).toEqual(sorted);
    expect(drawnSubset([], 0)).toEqual([]);
  });
});

describe('splitExamples', () => {
  it('parts the rows by seed, each on one side only', () => {
    const { train, validation } = splitExamples(rows, 0.3, 1);
    expect([train.length, validation.length]).toEqual([7, 3]);
    expect(new Set([...train, ...validation]).size).toBe(10);
    expect(splitExamples(rows, 0.3, 1)).toEqual({ train, validation });
    expect(splitExamples(rows, 0.3, 2).validation).not.toEqual(validation);
  });
});
