/** A recharts line chart as this page draws it: no dots, no animation, quiet grid. Loaded apart from the first paint. */
import type { ReactElement } from 'react';
import {
  CartesianGrid,
  Line,
  LineChart,
  ReferenceLine,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from 'recharts';
import { compact } from '../numbers';
import { pointOf, pointText } from './linePoint';
import type { ChartRow } from './lossRows';
import { RawLines } from './RawLines';
import { stepText } from './stepText';
import { enclosingTicks, linearTicks, logTicks } from './ticks';

export interface FigureLine {
  key: string;
  label: string;
  color: string;
  /** Also without colour: `5 4`. */
  dash?: string;
  /** Draws `keyRaw` faintly behind. */
  raw?: boolean;
}

export interface LineFigureProps {
  rows: ChartRow[];
  lines: readonly FigureLine[];
  logarithmic: boolean;
  /** A linear axis spans the values instead of beginning at 0: for curves that are held against each other. */
  spanned?: boolean;
  /** Values hold until the next row. */
  stepped?: boolean;
  /** Of a linear axis, instead of 0 to the largest value; with its ticks. */
  scale?: { domain: [low: number, high: number]; ticks: number[] };
  /** What the values are; the horizontal axis counts steps. */
  yName: string;
  /** Dashed upright line with a word on it; steps are counted anew behind it. */
  mark?: { x: number; label: string };
  /** Upright line at what the page looks back at. */
  cursor?: number;
  /** A click on the plot: the x of the row that is nearest. */
  onPick?(x: number): void;
  label: string;
}

const margin = { top: 6, right: 10, bottom: 0, left: 0 };
const axisName = { fill: 'var(--ink-soft)', fontSize: 11.5, textAnchor: 'middle' } as const;

function Tip({
  active,
  label,
  payload,
  lines,
  mark,
}: {
  active?: boolean;
  label?: string | number;
  payload?: readonly { payload?: ChartRow }[];
  lines: readonly FigureLine[];
  mark: LineFigureProps['mark'];
}): ReactElement | null {
  const row = payload?.[0]?.payload;
  if (!active || !row) return null;
  return (
    <div className="chart-tip">
      <b>{stepText(Number(label), mark)}</b>
      {lines.map((line) => {
        const { reported, smoothed } = pointOf(row, line);
        return reported === undefined ? null : (
          <div className="chart-tip-line" key={line.key}>
            <span style={{ color: line.color }}>{line.label}</span>
            <span>
              {pointText(reported)}
              {smoothed !== undefined && <small> smoothed {pointText(smoothed)}</small>}
            </span>
          </div>
        );
      })}
    </div>
  );
}

const superscripts = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/** 0.001 → 10⁻³ */
function powerOfTen(value: number): string {
  const power = Math.round(Math.log10(value));
  const digits = [...String(Math.abs(power))].map((digit) => superscripts[Number(digit)]).join('');
  return power === 0 ? '1' : `10${power < 0 ? '⁻' : ''}${digits}`;
}

/** Smallest and largest drawn value. */
function extent(rows: readonly ChartRow[], lines: readonly FigureLine[]): [low: number, high: number] {
  let low = Infinity;
  let high = -Infinity;
  for (const row of rows) {
    for (const { key, raw } of lines) {
      for (const value of raw ? [row[key], row[`${key}Raw`]] : [row[key]]) {
        if (value === undefined) continue;
        if (value < low) low = value;
        if (value > high) high = value;
      }
    }
  }
  return [low, high];
}

/** Ticks of the values' axis, and what it spans. */
function axisOf(
  low: number,
  high: number,
  { logarithmic, spanned, stepped }: Pick<LineFigureProps, 'logarithmic' | 'spanned' | 'stepped'>,
): NonNullable<LineFigureProps['scale']> {
  // What is drawn stepped are ranks: whole numbers.
  const leastStep = stepped ? 1 : 0;
  const ticks = logarithmic
    ? logTicks(low, high)
    : spanned
      ? enclosingTicks(low, high, { leastStep })
      : enclosingTicks(0, high, { count: 6, leastStep });
  return { ticks, domain: [ticks[0] as number, ticks.at(-1) as number] };
}

export default function LineFigure(props: LineFigureProps): ReactElement {
  const { rows, lines, logarithmic, spanned, stepped, scale, yName, mark, cursor, onPick, label } = props;
  const pick = ({ activeLabel }: { activeLabel?: string | number }) => {
    const x = Number(activeLabel ?? Number.NaN);
    if (Number.isFinite(x)) onPick?.(x);
  };
  const [low, high] = extent(rows, lines);
  const lastX = rows.at(-1)?.x ?? 1;
  const { ticks, domain } = scale ?? axisOf(low, high, { logarithmic, spanned, stepped });
  return (
    <div className="chart-body" role="img" aria-label={label}>
      <ResponsiveContainer width="100%" height="100%" initialDimension={{ width: 360, height: 210 }}>
        <LineChart
          data={rows}
          margin={margin}
          accessibilityLayer={false}
          onClick={onPick && pick}
          style={onPick && { cursor: 'pointer' }}
        >
          <CartesianGrid stroke="var(--line)" vertical={false} />
          <XAxis
            dataKey="x"
            type="number"
            domain={[0, lastX]}
            ticks={linearTicks(lastX, { leastStep: 1 })}
            stroke="var(--line-strong)"
            tickLine={false}
            height={36}
            label={{ ...axisName, value: 'step', position: 'insideBottom', offset: 2 }}
          />
          <YAxis
            width={56}
            label={{ ...axisName, value: yName, angle: -90, position: 'insideLeft', offset: 4 }}
            scale={logarithmic ? 'log' : 'linear'}
            domain={domain}
            ticks={ticks}
            allowDataOverflow
            interval={0}
            tickFormatter={(value: number) => (logarithmic ? powerOfTen(value) : compact(value, 4))}
            stroke="none"
            tickLine={false}
          />
          <Tooltip
            isAnimationActive={false}
            cursor={{ stroke: 'var(--line-strong)' }}
            content={({ active, label: x, payload }) => (
              <Tip active={active} label={x} payload={payload} lines={lines} mark={mark} />
            )}
          />
          {mark && (
            <ReferenceLine
              x={mark.x}
              stroke="var(--ink-faint)"
              strokeDasharray="2 3"
              label={{ value: mark.label, position: 'insideTopLeft', fontSize: 11, fill: 'var(--ink-soft)' }}
            />
          )}
          {cursor !== undefined && <ReferenceLine x={cursor} stroke="var(--ink)" strokeWidth={1.2} />}
          <RawLines rows={rows} lines={lines} />
          {lines.map(({ key, color, dash }) => (
            <Line
              key={key}
              dataKey={key}
              type={stepped ? 'stepAfter' : 'linear'}
              stroke={color}
              strokeWidth={1.8}
              strokeDasharray={dash}
              dot={false}
              activeDot={{ r: 3 }}
              isAnimationActive={false}
              connectNulls
            />
          ))}
        </LineChart>
      </ResponsiveContainer>
    </div>
  );
}
