/** Rank charts: steps of the chosen layers and of all, bounded, and which layers are shown first. */
import { describe, expect, it } from 'vitest';
import { parseExperimentConfig } from '../../config/experiment';
import { RunHistory } from '../../store/history';
import type { SelectionFrame } from '../../store/selectionFrames';
import { mostPoints } from './lossRows';
import { layerRankRows, tellingLayers, totalRankRows, trainedRankRows } from './rankRows';

const frame = (step: number, ranks: number[]): SelectionFrame => ({
  step,
  values: new Float32Array(),
  thresholds: new Float32Array(),
  ranks: Uint16Array.from(ranks),
});

describe('rank rows', () => {
  const frames = [frame(5, [4, 4, 4]), frame(10, [3, 4, 2]), frame(15, [3, 1, 2])];

  it('are one line per chosen layer', () => {
    expect(layerRankRows(frames, [2, 0])).toEqual([
      { x: 5, layer2: 4, layer0: 4 },
      { x: 10, layer2: 2, layer0: 3 },
      { x: 15, layer2: 2, layer0: 3 },
    ]);
    expect(layerRankRows([], [0])).toEqual([]);
  });

  it('are the sum of all layers', () => {
    expect(totalRankRows(frames).map(({ x, total }) => [x, total])).toEqual([
      [5, 12],
      [10, 9],
      [15, 6],
    ]);
  });

  it('are the totals that a method told which prunes while it trains', () => {
    const history = new RunHistory();
    const config = parseExperimentConfig({ method: 'adalora' });
    const train = { type: 'train', role: 'adalora', trainLoss: 1, learningRate: 1, stepMs: 1 } as const;
    const ranks = [3, 2].map((rank, i) => ({ layer: `0.${i}`, rank }));
    history.push({ ...train, step: 4 }, config);
    history.push({ ...train, step: 8, ranks }, config);
    expect(trainedRankRows(history)).toEqual([{ x: 8, total: 5 }]);
    expect(history.layerRanks).toEqual(ranks);
    const again = new RunHistory();
    again.restore(history.stored());
    expect(trainedRankRows(again)).toEqual([{ x: 8, total: 5 }]);
    expect(again.layerRanks).toEqual(ranks);
    const { ranks: _, ...older } = history.stored().series;
    again.restore({ ...history.stored(), series: older as never });
    expect(trainedRankRows(again)).toEqual([]);
  });

  it('keep a dip that lasted one step, however long the search', () => {
    const many = Array.from({ length: 4000 }, (_, step) => frame(step, [step === 1234 ? 1 : 8]));
    const rows = layerRankRows(many, [0]);
    expect(rows.length).toBeLessThanOrEqual(mostPoints);
    expect(rows).toContainEqual({ x: 1234, layer0: 1 });
  });
});

describe('tellingLayers', () => {
  it('are those of the smallest and the largest ranks', () => {
    expect(tellingLayers([5, 1, 8, 4, 4, 2], 4)).toEqual([1, 5, 0, 2]);
    expect(tellingLayers([5, 1], 4)).toEqual([1, 0]);
  });
});
