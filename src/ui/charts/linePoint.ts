/** What a chart's legend and its tip say of a line. */
import { even, whole } from '../numbers';
import type { FigureLine } from './LineFigure';
import type { ChartRow } from './lossRows';

export interface LinePoint {
  /** As the run said it. */
  reported?: number;
  /** Where the line is drawn, if elsewhere. */
  smoothed?: number;
}

/** A line's point in a row; empty where it has none. */
export function pointOf(row: ChartRow, { key, raw }: Pick<FigureLine, 'key' | 'raw'>): LinePoint {
  const drawn = row[key];
  if (!raw) return { reported: drawn };
  const reported = row[`${key}Raw`];
  return drawn === reported ? { reported } : { reported, smoothed: drawn };
}

/** The last point of a line. */
export function lastPoint(rows: readonly ChartRow[], line: Pick<FigureLine, 'key' | 'raw'>): LinePoint {
  for (let i = rows.length - 1; i >= 0; i--) {
    const point = pointOf(rows[i] as ChartRow, line);
    if (point.reported !== undefined) return point;
  }
  return {};
}

/** `1,234`, `0.480`. */
export const pointText = (value: number): string => (Number.isInteger(value) ? whole(value) : even(value));
