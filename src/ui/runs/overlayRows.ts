/** Curves of several runs on one axis. */
import type { ExperimentConfig } from '../../config/experiment';
import type { StoredHistory } from '../../store/history';
import { keptTotal } from '../../store/selectionFrames';
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
    // Of a method that prunes while it trains; earlier versions stored none.
    if (states.length === 0 && series.ranks)
      return { x: series.ranks.x, y: series.ranks.columns[0] ?? new Float32Array() };
    return {
      x: states.map(({ step }) => step),
      y: Float32Array.from(states, keptTotal),
    };
  }
  if (curve === 'retrain') {
    const own = series.autolora?.x.length ? series.autolora : series.lora;
    return { x: own.x, y: own.columns[0] ?? new Float32Array() };
  }
  const column = series.search.columns[curve === 'train' ? 0 : 1] ?? new Float32Array();
  return { x: series.search.x, y: column };
}

/** The curve that is shown until one is chosen: of the search where all runs have one. */
export const firstCurve = (configs: readonly Pick<ExperimentConfig, 'method'>[]): Curve =>
  configs.every(({ method }) => method === 'autolora') ? 'train' : 'retrain';

const hasCurve = (history: StoredHistory, curve: Curve) => pointsOf(history, curve).y.some(Number.isFinite);

interface NamedRun {
  id: string;
  name: string;
}

export interface Overlay<Run extends NamedRun> {
  drawn: Run[];
  /** One short sentence each: of which runs nothing is drawn, and why. */
  notes: string[];
}

/** @param histories by run; missing while it is read, `undefined` where it could not be */
export function overlayOf<Run extends NamedRun>(
  runs: readonly Run[],
  histories: ReadonlyMap<string, StoredHistory | undefined>,
  curve: Curve,
): Overlay<Run> {
  const known = runs.flatMap((run) => {
    const history = histories.get(run.id);
    return history ? [{ run, drawn: hasCurve(history, curve) }] : [];
  });
  const without = known.flatMap(({ run, drawn }) => (drawn ? [] : run.name));
  const failed = runs.filter(({ id }) => histories.has(id) && !histories.get(id)).map(({ name }) => name);
  return {
    drawn: known.flatMap(({ run, drawn }) => (drawn ? run : [])),
    notes: [
      ...(runs.some(({ id }) => !histories.has(id)) ? ['Reading the runs…'] : []),
      ...(failed.length > 0 ? [`Could not be read: ${failed.join(', ')}.`] : []),
      ...(without.length > 0 ? [`No such curve: ${without.join(', ')}.`] : []),
    ],
  };
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
