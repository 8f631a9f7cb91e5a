/** Rows for the charts, out of the run's history: thinned to what can be seen, smoothed, search and retrain on one axis. */
import type { RunHistory } from '../../store/history';
import { type BoundedSeries, debiasedEma, minMaxIndices } from '../../telemetry/series';
import { counted } from '../numbers';

/** Most rows that a chart draws: its plot is narrower than this in pixels, and each row costs recharts time. */
export const mostPoints = 320;

/** One x of a chart; a key that is missing draws nothing there. */
export type ChartRow = { x: number } & Record<string, number>;

/** How one column becomes a line, and a faint raw line behind it. */
interface LineSource {
  series: BoundedSeries;
  column: number;
  key: string;
}

/** Rows of columns of one series: `key` smoothed, `keyRaw` as reported. */
function rowsOf(
  sources: readonly LineSource[],
  smoothing: number,
  offset: number,
  isShown: (value: number) => boolean,
  onDropped: () => void,
): ChartRow[] {
  const series = sources[0]?.series;
  if (!series || series.length === 0) return [];
  const raw = sources.map(({ column }) => series.column(column));
  const smooth = raw.map((values) => debiasedEma(values, smoothing));
  return minMaxIndices(raw, series.length, mostPoints).map((index) => {
    const row: ChartRow = { x: offset + (series.x[index] as number) };
    sources.forEach(({ key }, i) => {
      const value = smooth[i]?.[index];
      const rawValue = raw[i]?.[index];
      if (value !== undefined && isShown(value)) row[key] = value;
      if (rawValue === undefined) return;
      if (isShown(rawValue)) row[`${key}Raw`] = rawValue;
      else if (Number.isFinite(rawValue)) onDropped();
    });
    return row;
  });
}

/** What a logarithmic axis leaves out, without a full stop; empty where that is nothing. */
export const droppedText = (count: number): string =>
  count > 0 ? `${counted(count, 'value')} of 0 cannot stand on a logarithmic axis` : '';

export interface LossRows {
  rows: ChartRow[];
  /** Where search ends and retraining begins on the axis; undefined before. */
  searchEnd?: number;
  /** Reported values that a logarithmic axis cannot show. */
  dropped: number;
}

/**
 * Search (train, validation), then from its end on both retrainings on top of each other (autolora, lora), so that
 * equal steps stand above each other; on a logarithmic axis values ≤ 0 are left out and counted.
 */
export function lossRows(
  { series }: RunHistory,
  smoothing: number,
  searchSteps: number | undefined,
  logarithmic: boolean,
): LossRows {
  const { search, autolora, lora } = series;
  let dropped = 0;
  const isShown = (value: number) => Number.isFinite(value) && (!logarithmic || value > 0);
  const onDropped = () => {
    dropped += 1;
  };
  const retrained = autolora.length > 0 || lora.length > 0;
  const searchEnd = retrained ? (searchSteps ?? search.lastX ?? 0) : undefined;
  const rows = rowsOf(
    [
      { series: search, column: 0, key: 'train' },
      { series: search, column: 1, key: 'validation' },
    ],
    smoothing,
    0,
    isShown,
    onDropped,
  );
  const byX = new Map<number, ChartRow>();
  for (const [key, one] of [
    ['autolora', autolora],
    ['lora', lora],
  ] as const) {
    const source = { series: one, column: 0, key };
    for (const row of rowsOf([source], smoothing, searchEnd ?? 0, isShown, onDropped))
      byX.set(row.x, { ...byX.get(row.x), ...row });
  }
  return { rows: [...rows, ...[...byX.values()].sort((a, b) => a.x - b.x)], searchEnd, dropped };
}

export interface NormRows {
  rows: ChartRow[];
  /** Values that a logarithmic axis cannot show. */
  dropped: number;
}

/** Norms of the direct and the implicit term; on a logarithmic axis values ≤ 0 are left out and counted. */
export function normRows({ series: { norms } }: RunHistory, logarithmic: boolean): NormRows {
  const columns = [norms.column(0), norms.column(1)];
  let dropped = 0;
  const rows = minMaxIndices(columns, norms.length, mostPoints).map((index) => {
    const row: ChartRow = { x: norms.x[index] as number };
    ['direct', 'implicit'].forEach((key, i) => {
      const value = columns[i]?.[index];
      if (value === undefined || !Number.isFinite(value)) return;
      if (logarithmic && value <= 0) dropped += 1;
      else row[key] = value;
    });
    return row;
  });
  return { rows, dropped };
}
