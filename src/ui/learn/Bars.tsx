/** Bars over the components of a layer, with a line across where there is a threshold. */
import type { ReactElement } from 'react';
import { compact } from '../numbers';

export interface Series {
  label: string;
  values: readonly number[];
  className: string;
}

/** Of every picture, in its own units. */
export const box = { width: 560, height: 230, left: 64, bottom: 28, top: 12 };

/** Bars for components 1 to k, in groups where there are several series; values of both signs. */
export function Bars({
  series,
  line,
  label,
}: {
  series: readonly Series[];
  line?: { at: number; text: string };
  label: string;
}): ReactElement {
  const all = series.flatMap(({ values }) => values).concat(line?.at ?? [], 0);
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const span = high - low || 1;
  const inner = box.height - box.bottom - box.top;
  const y = (value: number) => box.top + ((high - value) / span) * inner;
  const count = series[0]?.values.length ?? 0;
  const slot = (box.width - box.left) / Math.max(1, count);
  const width = (slot * 0.72) / series.length;
  const spoken = series
    .map(({ label: name, values }) => `${name}: ${values.map((value) => compact(value)).join(', ')}`)
    .join('; ');
  return (
    <svg
      className="lesson-figure"
      viewBox={`0 0 ${box.width} ${box.height}`}
      role="img"
      aria-label={`${label}. ${spoken}`}
    >
      <text x={box.left - 6} y={y(high)} textAnchor="end" dominantBaseline="hanging">
        {compact(high, 2)}
      </text>
      <text x={box.left - 6} y={y(low)} textAnchor="end">
        {compact(low, 2)}
      </text>
      <line className="axis" x1={box.left} x2={box.width} y1={y(0)} y2={y(0)} />
      {series.map(({ values, className, label: name }, s) =>
        values.map((value, j) => (
          <rect
            // biome-ignore lint/suspicious/noArrayIndexKey: component j of series s
            key={`${name}${j}`}
            className={className}
            x={box.left + j * slot + slot * 0.14 + s * width}
            width={Math.max(1, width - 1)}
            y={Math.min(y(0), y(value))}
            height={Math.max(0.5, Math.abs(y(value) - y(0)))}
            rx={2}
          />
        )),
      )}
      {Array.from({ length: count }, (_, j) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: component numbers
        <text key={j} x={box.left + (j + 0.5) * slot} y={box.height - 8} textAnchor="middle">
          {j + 1}
        </text>
      ))}
      {line && (
        <g className="mark">
          <line x1={box.left} x2={box.width} y1={y(line.at)} y2={y(line.at)} />
          <text x={box.width} y={y(line.at) - 4} textAnchor="end">
            {line.text}
          </text>
        </g>
      )}
    </svg>
  );
}

export function Legend({ series }: { series: readonly Series[] }): ReactElement {
  return (
    <p className="lesson-legend">
      {series.map(({ label, className }) => (
        <span key={label}>
          <i className={className} /> {label}
        </span>
      ))}
    </p>
  );
}
