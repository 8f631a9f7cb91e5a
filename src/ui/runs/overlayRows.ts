/** Curves of several runs on one axis. */
import type { StoredHistory } from '../../store/history';
import { totalRank } from '../../store/selectionFrames';
import { debiasedEma, minMaxIndices } from '../../telemetry/series';
import type { ChartRow } from '../charts/lossRows';

export const curveNames = {
  train: 'Search: train loss',
  validation: 'Search: validation loss',
  retrain: 'Training loss',
  rank: 'Total rank',
} as const;
export type Curve = keyof typeof curveNames;

/** Of all lines together: recharts takes 18 ms for 2 × 600. */
const mostRows = 600;

/** Losses are smoothed, ranks never. */
export const isSmoothed = (curve: Curve): boolean => curve !== 'rank';

interface Points {
  x: ArrayLike<number>;
  y: Float32Array;
}

function pointsOf({ series, frames }: StoredHistory, curve: Curve): Points {
  if (curve === 'rank') {
    const { frames: states } = frames;
    return {
      x: states.map(({ step }) => step),
      y: Float32Array.from(states, totalRank),
    };
  }
  if (curve === 'retrain') {
    const own = series.autolora?.x.length ? series.autolora : series.lora;
    return { x: own.x, y: own.columns[0] ?? new Float32Array() };
  }
  const column = series.search.columns[curve === 'train' ? 0 : 1] ?? new Float32Array();
  return { x: series.search.x, y: column };
}

/** One row per x that any run has: a run's key holds its value, of losses smoothed, `keyRaw` the loss as reported. */
export function overlayRows(
  runs: readonly { key: string; history: StoredHistory }[],
  curve: Curve,
  smoothing: number,
): ChartRow[] {
  const rows = new Map<number, ChartRow>();
  const each = Math.max(20, Math.floor(mostRows / Math.max(1, runs.length)));
  for (const { key, history } of runs) {
    const { x, y } = pointsOf(history, curve);
    const smooth = isSmoothed(curve) ? debiasedEma(y, smoothing) : undefined;
    for (const i of minMaxIndices([y], y.length, each)) {
      const value = y[i] as number;
      if (!Number.isFinite(value)) continue;
      const at = x[i] as number;
      const row = rows.get(at) ?? ({ x: at } as ChartRow);
      row[key] = smooth?.[i] ?? value;
      if (smooth) row[`${key}Raw`] = value;
      rows.set(at, row);
    }
  }
  return [...rows.values()].sort((one, other) => one.x - other.x);
}
