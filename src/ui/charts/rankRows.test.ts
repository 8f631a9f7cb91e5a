/** Rank charts: steps of the chosen layers and of all, bounded, and which layers are shown first. */
import { describe, expect, it } from 'vitest';
import type { SelectionFrame } from '../../store/selectionFrames';
import { mostPoints } from './lossRows';
import { layerRankRows, tellingLayers, totalRankRows } from './rankRows';

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
