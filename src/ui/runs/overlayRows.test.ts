/** Rows of runs laid over each other. */
import { describe, expect, it } from 'vitest';
import { parseExperimentConfig } from '../../config/experiment';
import { RunHistory } from '../../store/history';
import { firstCurve, isSmoothed, overlayOf, overlayRows } from './overlayRows';

const withLosses = (losses: readonly number[], ranks?: readonly number[]) => {
  const history = new RunHistory();
  const config = parseExperimentConfig({});
  losses.forEach((trainLoss, i) => {
    history.push(
      {
        type: 'train',
        role: 'lora',
        phase: 'retrain',
        step: i + 1,
        trainLoss,
        learningRate: 1,
        stepMs: 1,
        ranks: ranks && [{ layer: '0.query', rank: ranks[i] }],
      } as never,
      config,
    );
  });
  return history.stored();
};

describe('overlayRows', () => {
  const runs = [
    { key: 'one', history: withLosses([1, 3]) },
    { key: 'other', history: withLosses([2, 2, 5]) },
  ];

  it('has a row per step of any run, the loss as reported behind the smoothed one', () => {
    const rows = overlayRows(runs, 'retrain', 0.5);
    expect(rows.map(({ x }) => x)).toEqual([1, 2, 3]);
    // Debiased EMA of 1, 3 with weight 0.5: 1, then (0.5·0.5·1 + 0.5·3) / (1 − 0.5²).
    expect(rows[0]).toEqual({ x: 1, one: 1, oneRaw: 1, other: 2, otherRaw: 2 });
    expect(rows[1]?.one).toBeCloseTo((0.25 + 1.5) / 0.75, 5);
    expect(rows[1]?.oneRaw).toBe(3);
    expect(rows[2]).not.toHaveProperty('one');
    expect(overlayRows(runs, 'retrain', 0)[2]?.other).toBe(5);
  });

  it('never smooths ranks, and is empty where no run has the curve', () => {
    expect(isSmoothed('rank')).toBe(false);
    expect(overlayRows(runs, 'rank', 0.9)).toEqual([]);
    expect(overlayRows(runs, 'train', 0.9)).toEqual([]);
    const pruned = { key: 'one', history: withLosses([1, 1], [8, 5]) };
    expect(overlayRows([pruned], 'rank', 0.9)).toEqual([
      { x: 1, one: 8 },
      { x: 2, one: 5 },
    ]);
  });
});

describe('overlayOf', () => {
  const runs = ['fox', 'owl', 'hare'].map((name) => ({ id: name, name }));

  it('draws the runs that have the curve, and names the others', () => {
    const histories = new Map([
      ['fox', withLosses([1])],
      ['owl', withLosses([])],
      ['hare', withLosses([Number.NaN])],
    ]);
    const { drawn, notes } = overlayOf(runs, histories, 'retrain');
    expect(drawn.map(({ name }) => name)).toEqual(['fox']);
    expect(notes).toEqual(['No such curve: owl, hare.']);
    expect(overlayOf(runs, histories, 'train').notes).toEqual(['No such curve: fox, owl, hare.']);
  });

  it('tells what is still read from what has no curve and from what cannot be read', () => {
    expect(overlayOf(runs, new Map(), 'retrain')).toEqual({ drawn: [], notes: ['Reading the runs…'] });
    const histories = new Map([
      ['fox', undefined],
      ['owl', withLosses([1])],
    ]);
    const { drawn, notes } = overlayOf(runs, histories, 'retrain');
    expect(drawn.map(({ name }) => name)).toEqual(['owl']);
    expect(notes).toEqual(['Reading the runs…', 'Could not be read: fox.']);
  });
});

describe('firstCurve', () => {
  it('is of the search where all of the runs search', () => {
    expect(firstCurve([{ method: 'autolora' }, { method: 'autolora' }])).toBe('train');
    expect(firstCurve([{ method: 'autolora' }, { method: 'lora' }])).toBe('retrain');
  });
});
