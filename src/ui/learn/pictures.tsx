/** The live pictures of the chapters: small drawings of what the run's engine last reported. */
import { type ReactElement, useState } from 'react';
import type { RunHistory } from '../../store/history';
import type { Quantity, SelectionFrame } from '../../store/selectionFrames';
import { keptAt } from '../../store/threshold';
import { minMaxIndices } from '../../telemetry/series';
import { compact, whole } from '../numbers';
import { usePlayground } from '../scope';
import type { PictureName } from './chapters';

export interface PictureProps {
  history: RunHistory;
  frame: SelectionFrame;
  /** Index of the chosen layer. */
  layer: number;
}

interface Series {
  label: string;
  values: readonly number[];
  className: string;
}

const box = { width: 560, height: 230, left: 64, bottom: 28, top: 12 };

/** Bars for components 1 to k, in groups where there are several series; values of both signs. */
function Bars({
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

function Legend({ series }: { series: readonly Series[] }): ReactElement {
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

const rowOf = ({ history, frame, layer }: PictureProps, quantity: Quantity) => [
  ...history.frames.row(frame, quantity, layer),
];

function OneQuantity(
  props: PictureProps & { quantity: Quantity; label: string; line?: boolean },
): ReactElement {
  const lambda = props.frame.thresholds[props.layer];
  return (
    <Bars
      label={props.label}
      series={[{ label: props.label, values: rowOf(props, props.quantity), className: 'bar-main' }]}
      line={props.line && lambda !== undefined ? { at: lambda, text: `λ = ${compact(lambda)}` } : undefined}
    />
  );
}

function Hypergradient(props: PictureProps): ReactElement {
  const series: Series[] = [
    { label: 'direct', values: rowOf(props, 'direct'), className: 'bar-direct' },
    { label: 'implicit', values: rowOf(props, 'implicit'), className: 'bar-implicit' },
  ];
  return (
    <>
      <Legend series={series} />
      <Bars label="Hypergradient of each β" series={series} />
    </>
  );
}

/** Train and validation loss of the search, as reported. */
function Losses({ history }: PictureProps): ReactElement {
  const { search } = history.series;
  const columns = [search.column(0), search.column(1)];
  const kept = minMaxIndices(columns, search.length, 240);
  const values = columns.flatMap((column) => kept.map((i) => column[i] as number)).filter(Number.isFinite);
  const high = Math.max(0.1, ...values);
  const last = Math.max(1, search.lastX ?? 1);
  const inner = box.height - box.bottom - box.top;
  const points = (column: Float32Array) =>
    kept
      .filter((i) => Number.isFinite(column[i]))
      .map(
        (i) =>
          `${(box.left + ((box.width - box.left) * (search.x[i] as number)) / last).toFixed(1)},${(box.top + (1 - (column[i] as number) / high) * inner).toFixed(1)}`,
      )
      .join(' ');
  const latest = columns.map((column) =>
    [...column.subarray(0, search.length)].filter(Number.isFinite).at(-1),
  );
  return (
    <svg
      className="lesson-figure"
      viewBox={`0 0 ${box.width} ${box.height}`}
      role="img"
      aria-label={`Losses over ${search.lastX ?? 0} search steps; last train loss ${compact(latest[0] ?? Number.NaN)}, validation loss ${compact(latest[1] ?? Number.NaN)}`}
    >
      <text x={box.left - 6} y={box.top} textAnchor="end" dominantBaseline="hanging">
        {compact(high, 2)}
      </text>
      <text x={box.left - 6} y={box.top + inner} textAnchor="end">
        0
      </text>
      <line className="axis" x1={box.left} x2={box.width} y1={box.top + inner} y2={box.top + inner} />
      <polyline className="line-train" points={points(columns[0] as Float32Array)} />
      <polyline className="line-validation" points={points(columns[1] as Float32Array)} />
      <text x={box.width} y={box.height - 8} textAnchor="end">
        step {search.lastX ?? 0}
      </text>
    </svg>
  );
}

/** Sizes of both terms over all β, at the shown step. */
function termNorms({ history: { frames }, frame }: PictureProps): Record<'direct' | 'implicit', number> {
  const norm = (quantity: Quantity) =>
    Math.hypot(...frames.layers.map((_, row) => Math.hypot(...frames.row(frame, quantity, row))));
  return { direct: norm('direct'), implicit: norm('implicit') };
}

/** How β reaches the validation loss: at once, and by the step of W that is looked ahead to. */
function Ways(props: PictureProps): ReactElement {
  const { eta } = usePlayground((state) => (state.loaded ?? state.draft).hypergradient);
  const { direct, implicit } = termNorms(props);
  const node = (x: number, y: number, text: string) => (
    <g className="way-node">
      <rect x={x - 42} y={y - 17} width={84} height={34} rx={8} />
      <text x={x} y={y} textAnchor="middle" dominantBaseline="central">
        {text}
      </text>
    </g>
  );
  const [left, middle, right, low, high] = [60, 290, 514, 176, 62];
  return (
    <svg
      className="lesson-figure"
      viewBox={`0 0 ${box.width} ${box.height}`}
      role="img"
      aria-label={`β reaches the validation loss directly, with a gradient of norm ${compact(direct)}, and through the unrolled step of W, with a gradient of norm ${compact(implicit)}`}
    >
      <defs>
        <marker
          id="way-head"
          viewBox="0 0 8 8"
          refX="7"
          refY="4"
          markerWidth="7"
          markerHeight="7"
          orient="auto"
        >
          <path d="M0 0L8 4L0 8Z" />
        </marker>
      </defs>
      <path className="way way-direct" d={`M${left + 42} ${low}H${right - 44}`} markerEnd="url(#way-head)" />
      <path
        className="way way-implicit"
        d={`M${left} ${low - 17}Q${left} ${high} ${middle - 44} ${high}`}
        markerEnd="url(#way-head)"
      />
      <path
        className="way way-implicit"
        d={`M${middle + 42} ${high}Q${right} ${high} ${right} ${low - 19}`}
        markerEnd="url(#way-head)"
      />
      {node(left, low, 'β')}
      {node(middle, high, 'W′')}
      {node(right, low, 'L_V')}
      <text x={middle} y={high - 30} textAnchor="middle">
        W − η ∇L_T, η = {compact(eta)}
      </text>
      <text x={middle} y={high + 36} textAnchor="middle">
        through the step: ‖implicit‖ = {compact(implicit)}
      </text>
      <text x={middle} y={low - 10} textAnchor="middle">
        at once: ‖direct‖ = {compact(direct)}
      </text>
      <text x={middle} y={low + 34} textAnchor="middle">
        {direct > 0
          ? implicit > 0
            ? `the step’s share is ${compact((100 * implicit) / direct)} % of the direct one`
            : 'this estimator leaves the way through the step out'
          : 'no step of β yet'}
      </text>
    </svg>
  );
}

/** The threshold to be moved: ranks of all layers under it. */
function Threshold({ history, frame, layer }: PictureProps): ReactElement {
  const { frames } = history;
  const k = frames.components;
  const [times, setTimes] = useState(1);
  const ranks = frames.layers.map((_, row) =>
    keptAt(frames.row(frame, 'selection', row), (frame.thresholds[row] ?? 1 / k) * times),
  );
  const lambda = (frame.thresholds[layer] ?? 1 / k) * times;
  const total = ranks.reduce((sum, rank) => sum + rank, 0);
  return (
    <>
      <Bars
        label="Selection weights of the layer"
        series={[{ label: 'a', values: [...frames.row(frame, 'selection', layer)], className: 'bar-main' }]}
        line={{ at: lambda, text: `λ = ${compact(lambda)}: rank ${ranks[layer]}` }}
      />
      <label className="lesson-slider">
        λ
        <input
          type="range"
          min={0.5}
          max={2}
          step={0.01}
          value={times}
          onChange={({ currentTarget }) => setTimes(Number(currentTarget.value))}
          aria-label="Threshold, in multiples of λ"
        />
        <output>
          {compact(times)} λ: total rank {whole(total)} of {whole(k * ranks.length)}
        </output>
      </label>
      <p className="lesson-ranks">
        {frames.layers.map((name, row) => (
          <span key={name} data-chosen={row === layer}>
            {name} <b>{ranks[row]}</b>
          </span>
        ))}
      </p>
    </>
  );
}

/** Learned ranks, and what they scored beside LoRA. */
function Ranks({ history, frame }: PictureProps): ReactElement {
  const evaluations = usePlayground((state) => state.facts.evaluations);
  const learned = usePlayground((state) => state.facts.ranks?.ranks);
  const layers = learned?.map(({ layer }) => layer) ?? history.frames.layers;
  const ranks = learned?.map(({ rank }) => rank) ?? [...frame.ranks];
  const results = (['autolora', 'lora'] as const).flatMap((role) => {
    const evaluation = evaluations[role];
    return evaluation ? [{ role, evaluation }] : [];
  });
  return (
    <>
      <p className="lesson-ranks">
        {layers.map((name, row) => (
          <span key={name}>
            {name} <b>{ranks[row]}</b>
          </span>
        ))}
      </p>
      <p>
        {learned ? 'Learned ranks' : 'Ranks if the search ended now'}, total{' '}
        <b>{whole(ranks.reduce((sum, rank) => sum + rank, 0))}</b>.{' '}
        {results.length === 0
          ? 'Retrained models are scored when the run has come to its end.'
          : results
              .map(
                ({ role, evaluation }) =>
                  `${role === 'autolora' ? 'AutoLoRA' : 'LoRA'}: ${evaluation.primary} ${compact(evaluation.metrics[evaluation.primary] ?? Number.NaN)} with ${whole(evaluation.parameters.adapter)} parameters`,
              )
              .join('; ')}
        {results.length > 0 && '.'}
      </p>
    </>
  );
}

/** The same β through the three functions of Table 4, each against its threshold. */
function Variants(props: PictureProps): ReactElement {
  const beta = rowOf(props, 'beta');
  const highest = Math.max(...beta);
  const exps = beta.map((b) => Math.exp(b - highest));
  const sum = exps.reduce((total, e) => total + e, 0);
  const series: Series[] = [
    { label: 'softmax', values: exps.map((e) => e / sum), className: 'bar-main' },
    { label: 'sigmoid', values: beta.map((b) => 1 / (1 + Math.exp(-b))), className: 'bar-direct' },
    { label: 'none (β itself)', values: beta, className: 'bar-implicit' },
  ];
  return (
    <>
      <Legend series={series} />
      <Bars label="Selection weights from the same β" series={series} />
    </>
  );
}

export function Picture({ name, ...props }: PictureProps & { name: PictureName }): ReactElement {
  switch (name) {
    case 'magnitude':
      return <OneQuantity {...props} quantity="magnitude" label="‖A_j‖·‖B_j‖ of each component" />;
    case 'selection':
      return (
        <OneQuantity {...props} quantity="selection" label="Selection weight a of each component" line />
      );
    case 'losses':
      return <Losses {...props} />;
    case 'ways':
      return <Ways {...props} />;
    case 'hypergradient':
      return <Hypergradient {...props} />;
    case 'threshold':
      return <Threshold {...props} />;
    case 'ranks':
      return <Ranks {...props} />;
    case 'variants':
      return <Variants {...props} />;
  }
}
