/** The live pictures of the chapters: small drawings of what the run's engine last reported. */
import { type ReactElement, useState } from 'react';
import { methodFacts } from '../../config/methods';
import type { RunHistory } from '../../store/history';
import type { Quantity, SelectionFrame } from '../../store/selectionFrames';
import { keptAt, selectionOf } from '../../store/threshold';
import { minMaxIndices } from '../../telemetry/series';
import type { FigureText } from '../figureFile';
import { compact, timesLambda, whole } from '../numbers';
import { metricLabel, scoreText } from '../panels/metricText';
import { usePlayground } from '../scope';
import { Axes } from './Axes';
import { Bars, Legend, type Series } from './Bars';
import { box, uprightScale } from './barScale';
import type { PictureName } from './chapters';
import { Ways } from './Ways';

export interface PictureProps {
  history: RunHistory;
  frame: SelectionFrame;
  /** Index of the chosen layer. */
  layer: number;
}

const hypergradientKeys = [
  { label: 'direct', fill: 'var(--direct)' },
  { label: 'implicit', fill: 'var(--implicit)' },
] as const;

/** Three ways from β to a. */
const variantKeys = [
  { label: 'softmax', fill: 'var(--accent)' },
  { label: 'sigmoid', fill: 'var(--retrain)' },
  { label: 'none (β itself)', fill: 'var(--baseline)' },
] as const;

/** What the colours of a picture mean, where it has several; for its file. */
export const pictureKeys: Partial<Record<PictureName, FigureText['legend']>> = {
  losses: [
    { label: 'train', color: 'var(--train)' },
    { label: 'validation', color: 'var(--validation)', dash: '6 3' },
  ],
  hypergradient: hypergradientKeys,
  variants: variantKeys,
};

const rowOf = ({ history, frame, layer }: PictureProps, quantity: Quantity) => [
  ...history.frames.row(frame, quantity, layer),
];

function OneQuantity(
  props: PictureProps & { quantity: Quantity; label: string; yName: string; line?: boolean },
): ReactElement {
  const lambda = props.frame.thresholds[props.layer];
  return (
    <Bars
      label={props.label}
      yName={props.yName}
      series={[{ label: props.label, values: rowOf(props, props.quantity), fill: 'var(--accent)' }]}
      line={props.line && lambda !== undefined ? { at: lambda, text: `λ = ${compact(lambda)}` } : undefined}
    />
  );
}

function Hypergradient(props: PictureProps): ReactElement {
  const series = hypergradientKeys.map((key): Series => ({ ...key, values: rowOf(props, key.label) }));
  return (
    <>
      <Legend series={series} />
      <Bars label="Hypergradient of each β" yName="gradient of β" series={series} />
    </>
  );
}

/** Train and validation loss of the search, as reported. */
function Losses({ history }: PictureProps): ReactElement {
  const { search } = history.series;
  const columns = [search.column(0), search.column(1)];
  const kept = minMaxIndices(columns, search.length, 240);
  const values = columns.flatMap((column) => kept.map((i) => column[i] as number)).filter(Number.isFinite);
  const scale = uprightScale(values);
  const last = Math.max(1, search.lastX ?? 1);
  const points = (column: Float32Array) =>
    kept
      .filter((i) => Number.isFinite(column[i]))
      .map(
        (i) =>
          `${(box.left + ((box.width - box.left) * (search.x[i] as number)) / last).toFixed(1)},${scale.y(column[i] as number).toFixed(1)}`,
      )
      .join(' ');
  return (
    <svg
      className="lesson-figure"
      viewBox={`0 0 ${box.width} ${box.height}`}
      role="img"
      aria-label={`Losses over ${search.lastX ?? 0} search steps; last train loss ${compact(search.last(0) ?? Number.NaN)}, validation loss ${compact(search.last(1) ?? Number.NaN)}`}
    >
      <Axes scale={scale} xName="search step" yName="loss" />
      <polyline className="line-train" points={points(columns[0] as Float32Array)} />
      <polyline className="line-validation" points={points(columns[1] as Float32Array)} />
      <text x={box.left} y={box.height - 26}>
        0
      </text>
      <text x={box.width} y={box.height - 26} textAnchor="end">
        {last}
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
        yName="selection weight a"
        series={[{ label: 'a', values: [...frames.row(frame, 'selection', layer)], fill: 'var(--accent)' }]}
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
          {timesLambda(times)}: total rank {whole(total)} of {whole(k * ranks.length)}
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

/** The ranks that are trained, and what they scored beside LoRA. */
function Ranks({ history, frame }: PictureProps): ReactElement {
  const evaluations = usePlayground((state) => state.facts.evaluations);
  const final = usePlayground((state) => state.facts.ranks);
  const layers = final?.ranks.map(({ layer }) => layer) ?? history.frames.layers;
  const ranks = final?.ranks.map(({ rank }) => rank) ?? [...frame.ranks];
  const origin = final?.edited ? 'Ranks set by hand' : 'Learned ranks';
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
        {final ? origin : 'Ranks if the search ended now'}, total{' '}
        <b>{whole(ranks.reduce((sum, rank) => sum + rank, 0))}</b>.{' '}
        {results.length === 0
          ? 'Retrained models are scored when the run has come to its end.'
          : results
              .map(
                ({ role, evaluation: { primary, metrics, parameters } }) =>
                  `${methodFacts[role].title}: ${metricLabel(primary)} ${scoreText(primary, metrics[primary] ?? Number.NaN, 0).score} with ${whole(parameters.adapter)} parameters besides the head`,
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
  const [softmax, sigmoid, unconstrained] = variantKeys;
  const series: Series[] = [
    { ...softmax, values: selectionOf(beta, 'softmax') },
    { ...sigmoid, values: selectionOf(beta, 'sigmoid') },
    { ...unconstrained, values: beta },
  ];
  return (
    <>
      <Legend series={series} />
      <Bars label="Selection weights from the same β" yName="selection weight a" series={series} />
    </>
  );
}

export function Picture({ name, ...props }: PictureProps & { name: PictureName }): ReactElement {
  switch (name) {
    case 'magnitude':
      return (
        <OneQuantity {...props} quantity="magnitude" label="‖Aⱼ‖·‖Bⱼ‖ of each component" yName="‖Aⱼ‖·‖Bⱼ‖" />
      );
    case 'selection':
      return (
        <OneQuantity
          {...props}
          quantity="selection"
          label="Selection weight a of each component"
          yName="selection weight a"
          line
        />
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
