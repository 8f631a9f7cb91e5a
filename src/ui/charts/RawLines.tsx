/**
 * The faint lines of values as reported, behind the smoothed ones. Plain paths on the chart's own scales: a recharts Line
 * brings points to hover and find, which nobody does on these, and costs several times as much to draw.
 */
import type { ReactElement } from 'react';
import { useXAxisScale, useYAxisScale } from 'recharts';
import type { FigureLine } from './LineFigure';
import type { ChartRow } from './lossRows';

type Scale = (value: number) => number | undefined;

/** Through every row that has the key; empty where none has. Pixels to a tenth. */
export function rawPath(rows: readonly ChartRow[], key: string, x: Scale, y: Scale): string {
  let path = '';
  for (const row of rows) {
    const value = row[key];
    if (value === undefined) continue;
    const [left, top] = [x(row.x), y(value)];
    if (left === undefined || top === undefined || !Number.isFinite(left) || !Number.isFinite(top)) continue;
    path += `${path === '' ? 'M' : 'L'}${left.toFixed(1)} ${top.toFixed(1)}`;
  }
  return path;
}

export function RawLines({
  rows,
  lines,
}: {
  rows: readonly ChartRow[];
  lines: readonly FigureLine[];
}): ReactElement | null {
  const x = useXAxisScale();
  const y = useYAxisScale();
  if (!x || !y) return null;
  return (
    <g className="raw-lines">
      {lines.map(({ key, color, raw }) => {
        const path = raw ? rawPath(rows, `${key}Raw`, x as Scale, y as Scale) : '';
        return path === '' ? null : (
          <path key={key} d={path} fill="none" stroke={color} strokeOpacity={0.22} strokeWidth={1} />
        );
      })}
    </g>
  );
}
