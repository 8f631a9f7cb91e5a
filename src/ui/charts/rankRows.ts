/** Rows for the rank charts: of chosen layers, or of all together, over the search or a training that prunes. */
import type { RunHistory } from '../../store/history';
import { keptTotal, type SelectionFrame } from '../../store/selectionFrames';
import { minMaxIndices } from '../../telemetry/series';
import { type ChartRow, mostPoints } from './lossRows';

/** The name of a layer's line: its place. */
export const rankKey = (layer: number): string => `layer${layer}`;

function rowsOf(
  frames: readonly SelectionFrame[],
  lines: readonly [key: string, of: (frame: SelectionFrame) => number][],
) {
  const columns = lines.map(([, of]) => Float32Array.from(frames, of));
  return minMaxIndices(columns, frames.length, mostPoints).map((index) => {
    const row: ChartRow = { x: (frames[index] as SelectionFrame).step };
    lines.forEach(([key], i) => {
      row[key] = columns[i]?.[index] as number;
    });
    return row;
  });
}

/** `layer3` is the rank of the fourth layer. */
export const layerRankRows = (frames: readonly SelectionFrame[], layers: readonly number[]): ChartRow[] =>
  rowsOf(
    frames,
    layers.map((layer) => [rankKey(layer), ({ ranks }) => ranks[layer] ?? 0]),
  );

/** `total` is the rank of all layers together. */
export const totalRankRows = (frames: readonly SelectionFrame[]): ChartRow[] =>
  rowsOf(frames, [['total', keptTotal]]);

/** `total` is the rank of all layers together, of a method that prunes while it trains. */
export function trainedRankRows({ series: { ranks } }: RunHistory): ChartRow[] {
  const totals = ranks.column(0);
  return minMaxIndices([totals], ranks.length, mostPoints).map(
    (i): ChartRow => ({ x: ranks.x[i] as number, total: totals[i] as number }),
  );
}

/** Layers to look at before any is chosen: those whose ranks ended furthest apart, smallest first. */
export function tellingLayers(ranks: ArrayLike<number>, count: number): number[] {
  const order = Array.from(ranks, (rank, layer) => ({ rank, layer })).sort(
    (a, b) => a.rank - b.rank || a.layer - b.layer,
  );
  const low = Math.ceil(count / 2);
  const chosen =
    order.length <= count ? order : [...order.slice(0, low), ...order.slice(order.length - (count - low))];
  return chosen.map(({ layer }) => layer);
}
