/** Rows of the inspections over search steps: cosines and implicit shares, all between −1 and 1, and ratios of norms. */
import type { RunHistory } from '../../store/history';
import { minMaxIndices } from '../../telemetry/series';
import { type ChartRow, mostPoints } from './lossRows';

/** The series' columns in their order. */
const inspectionKeys = ['total', 'implicit', 'share', 'exactShare', 'totalRatio', 'implicitRatio'] as const;
type InspectionKey = (typeof inspectionKeys)[number];

/** Rows of some columns; a value that is not shown is missing from its row. */
function rowsOf(
  { series: { inspection } }: RunHistory,
  keys: readonly InspectionKey[],
  isShown: (value: number) => boolean,
): ChartRow[] {
  const columns = keys.map((key) => inspection.column(inspectionKeys.indexOf(key)));
  return minMaxIndices(columns, inspection.length, mostPoints).map((index) => {
    const row: ChartRow = { x: inspection.x[index] as number };
    keys.forEach((key, i) => {
      const value = columns[i]?.[index];
      if (value !== undefined && isShown(value)) row[key] = value;
    });
    return row;
  });
}

export interface CosineRows {
  rows: ChartRow[];
  /** [0, 1], or [−1, 1] where a cosine is negative, with round ticks. */
  scale: { domain: [low: number, high: number]; ticks: number[] };
}

/** A cosine that cannot be said (no implicit term) is missing from its row. */
export function cosineRows(history: RunHistory): CosineRows {
  const rows = rowsOf(history, ['total', 'implicit', 'share', 'exactShare'], Number.isFinite);
  const low = rows.some(({ x: _, ...values }) => Object.values(values).some((value) => value < 0)) ? -1 : 0;
  return {
    rows,
    scale: { domain: [low, 1], ticks: low < 0 ? [-1, -0.5, 0, 0.5, 1] : [0, 0.25, 0.5, 0.75, 1] },
  };
}

export interface RatioRows {
  /** Those without a ratio, as earlier versions stored them, are left out. */
  rows: ChartRow[];
  /** Values of 0, which a logarithmic axis cannot show. */
  dropped: number;
}

/** ‖estimate‖ / ‖exact‖, whole and implicit, for a logarithmic axis. */
export function ratioRows(history: RunHistory): RatioRows {
  let dropped = 0;
  const isShown = (value: number) => {
    if (value === 0) dropped += 1;
    return Number.isFinite(value) && value > 0;
  };
  const rows = rowsOf(history, ['totalRatio', 'implicitRatio'], isShown);
  return { rows: rows.filter((row) => Object.keys(row).length > 1), dropped };
}
