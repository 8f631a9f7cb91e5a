/** The live pictures of the chapters: small drawings of what the run's engine last reported. */
import { type ReactElement, useState } from 'react';
import type { RunHistory } from '../../store/history';
import type { Quantity, SelectionFrame } from '../../store/selectionFrames';
import { keptAt } from '../../store/threshold';
import { minMaxIndices } from '../../telemetry/series';
import { compact, whole } from '../numbers';
import { usePlayground } from '../scope';
import { Bars, box, Legend, type Series } from './Bars';
import type { PictureName } from './chapters';
import { Ways } from './Ways';

export interface PictureProps {
  history: RunHistory;
  frame: SelectionFrame;
  /** Index of the chosen layer. */
  layer: number;
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
  return (
    <svg
      className="lesson-figure"
      viewBox={`0 0 ${box.width} ${box.height}`}
      role="img"
      aria-label={`Losses over ${search.lastX ?? 0} search steps; last train loss ${compact(search.last(0) ?? Number.NaN)}, validation loss ${compact(search.last(1) ?? Number.NaN)}`}
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
      return <Ways history={props.history} />;
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
