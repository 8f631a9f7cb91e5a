/** Rows of the inspections: cosines and implicit shares over search steps, all between −1 and 1. */
import type { RunHistory } from '../../store/history';
import { minMaxIndices } from '../../telemetry/series';
import { type ChartRow, mostPoints } from './lossRows';

export const inspectionKeys = ['total', 'implicit', 'share', 'exactShare'] as const;

export interface InspectionRows {
  rows: ChartRow[];
  /** [0, 1], or [−1, 1] where a cosine is negative, with round ticks. */
  scale: { domain: [low: number, high: number]; ticks: number[] };
}

/** A cosine that cannot be said (no implicit term) is missing from its row. */
export function inspectionRows({ series: { inspection } }: RunHistory): InspectionRows {
  const columns = inspectionKeys.map((_, i) => inspection.column(i));
  let low = 0;
  const rows = minMaxIndices(columns, inspection.length, mostPoints).map((index) => {
    const row: ChartRow = { x: inspection.x[index] as number };
    inspectionKeys.forEach((key, i) => {
      const value = columns[i]?.[index];
      if (value === undefined || !Number.isFinite(value)) return;
      row[key] = value;
      if (value < 0) low = -1;
    });
    return row;
  });
  return {
    rows,
    scale: { domain: [low, 1], ticks: low < 0 ? [-1, -0.5, 0, 0.5, 1] : [0, 0.25, 0.5, 0.75, 1] },
  };
}
