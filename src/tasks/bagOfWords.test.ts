import { describe, expect, it } from 'vitest';
import { bagOfWordsBaseline, fitLogistic } from './bagOfWords';
import type { Example } from './task';

const labelled = (positive: string[], negative: string[]): Example[] => [
  ...positive.map((text) => ({ text, label: 1 })),
  ...negative.map((text) => ({ text, label: 0 })),
];

describe('fitLogistic', () => {
  it('stands where the gradient is zero', () => {
    const rows = [[0], [0, 1], [1], [], [0], [1]];
    const labels = [1, 1, 0, 0, 0, 1];
    const { weights, bias } = fitLogistic(rows, labels, 2, 0.5);
    const errors = rows.map(
      (row, i) =>
        1 / (1 + Math.exp(-row.reduce((sum, id) => sum + (weights[id] as number), bias))) -
        (labels[i] as number),
    );
    const gradient = [0, 1].map((id) =>
      rows.reduce(
        (sum, row, i) => sum + (row.includes(id) ? (errors[i] as number) : 0),
        0.5 * (weights[id] as number),
      ),
    );
    for (const g of gradient) expect(Math.abs(g)).toBeLessThan(1e-3);
    expect(Math.abs(errors.reduce((sum, e) => sum + e, 0))).toBeLessThan(1e-3);
    expect(weights[0]).toBeGreaterThan(0);
  });
});

describe('bagOfWordsBaseline', () => {
  it('learns what single words tell', () => {
    const data = labelled(['a good film', 'good food', 'so good'], ['a bad film', 'bad food', 'so bad']);
    const unseen = labelled(['a good book'], ['a bad book']);
    expect(bagOfWordsBaseline(data, unseen, 1).accuracy).toBe(1);
  });

  it('needs pairs of words where single words tell nothing', () => {
    const data = labelled(
      ['was good', 'not bad', 'is good', 'never bad'],
      ['was bad', 'not good', 'is bad', 'never good'],
    );
    expect(bagOfWordsBaseline(data, data, 1).trainAccuracy).toBeLessThan(0.8);
    expect(bagOfWordsBaseline(data, data, 2).trainAccuracy).toBe(1);
  });
});
