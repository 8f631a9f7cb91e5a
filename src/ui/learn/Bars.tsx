/** Bars over the components of a layer, with a line across where there is a threshold. */
import type { ReactElement } from 'react';
import { compact } from '../numbers';
import { Axes } from './Axes';
import { box, numberStride, unseenNote, uprightScale } from './barScale';

export interface Series {
  label: string;
  values: readonly number[];
  /** A CSS colour. */
  fill: string;
}

/** Bars for components 1 to k, in groups where there are several series; values of both signs. */
export function Bars({
  series,
  line,
  label,
  yName,
}: {
  series: readonly Series[];
  line?: { at: number; text: string };
  label: string;
  /** What the values are. */
  yName: string;
}): ReactElement {
  const scale = uprightScale(series.flatMap(({ values }) => values).concat(line?.at ?? []));
  const { y } = scale;
  const count = series[0]?.values.length ?? 0;
  const slot = (box.width - box.left) / Math.max(1, count);
  const width = (slot * 0.72) / series.length;
  const stride = numberStride(slot);
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
      <Axes scale={scale} xName="component" yName={yName} />
      {series.map(({ values, fill, label: name }, s) =>
        values.map((value, j) => (
          <rect
            // biome-ignore lint/suspicious/noArrayIndexKey: component j of series s
            key={`${name}${j}`}
            fill={fill}
            x={box.left + j * slot + slot * 0.14 + s * width}
            width={Math.max(1, width - 1)}
            y={Math.min(y(0), y(value))}
            height={Math.max(0.5, Math.abs(y(value) - y(0)))}
            rx={Math.min(2, width / 4)}
          />
        )),
      )}
      {Array.from({ length: count }, (_, j) =>
        (j + 1) % stride === 0 ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: component numbers
          <text key={j} x={box.left + (j + 0.5) * slot} y={box.height - 26} textAnchor="middle">
            {j + 1}
          </text>
        ) : null,
      )}
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

/** Of several series, with a word on one that is lost beside the others. */
export function Legend({ series }: { series: readonly Series[] }): ReactElement {
  const scale = uprightScale(series.flatMap(({ values }) => values));
  return (
    <p className="lesson-legend">
      {series.map(({ label, fill, values }) => {
        const note = unseenNote(values, scale);
        return (
          <span key={label}>
            <i style={{ background: fill }} /> {label}
            {note && <small> ({note})</small>}
          </span>
        );
      })}
    </p>
  );
}
