/** In place of the heatmap, for methods that search nothing: what each layer is given, planned and after training. */
import { type ReactElement, useMemo, useRef } from 'react';
import { methodFacts } from '../../config/methods';
import { layerNames } from '../../store/files/modelShape';
import { shownConfig } from '../../store/state';
import { ChartCard } from '../charts/ChartCard';
import type { FigureLine } from '../charts/LineFigure';
import { trainedRankRows } from '../charts/rankRows';
import { FigureDownload } from '../controls/FigureDownload';
import { whole } from '../numbers';
import { ScrollX } from '../ScrollX';
import { useHistory, usePlayground } from '../scope';
import { plannedRank } from './plannedRank';
import '../styles/figures.css';

const geometry = { label: 64, bar: 320, number: 44, row: 17 };

export function MethodRanks(): ReactElement {
  const frame = useRef<HTMLElement>(null);
  const config = usePlayground(shownConfig);
  const blocks = usePlayground(({ facts, modelShape }) => facts.start?.model.layers ?? modelShape?.blocks);
  const evaluation = usePlayground((state) => state.facts.evaluations[config.method]);
  const { history } = useHistory(2, frame);
  const { title, explanation, source, ranks: kind } = methodFacts[config.method];
  const names = layerNames(blocks);
  const planned = plannedRank(config, names);
  const told = evaluation?.ranks ?? history.layerRanks;
  const layers = told.length > 0 ? told.map(({ layer }) => layer) : names;
  const ranks = layers.map((layer, row) => told[row]?.rank ?? planned?.ranks(layer));
  const largest = Math.max(1, planned?.most ?? 0, ...ranks.map((rank) => rank ?? 0));
  const total = ranks.reduce<number>((sum, rank) => sum + (rank ?? 0), 0);
  const learned = kind === 'learned' ? ', learned while training' : '';
  return (
    <>
      <section className="card" ref={frame} aria-labelledby="method-title">
        <div className="card-head">
          <h2 id="method-title">{title}</h2>
          <span className="quiet">
            {kind === undefined
              ? 'no ranks'
              : told.length > 0
                ? `total rank ${whole(total)}${evaluation ? learned : ' so far'}`
                : (planned?.said ?? '')}
          </span>
          {kind !== undefined && (
            <div className="tools">
              <FigureDownload frame={frame} title="Ranks per layer" />
            </div>
          )}
        </div>
        <p className="figure-note">
          {explanation} <span className="quiet">{source}.</span> Nothing is searched on held-out data, so
          there are no selection weights to watch; AutoLoRA has them.
        </p>
        {kind !== undefined && (
          <ScrollX label={`Rank of every layer, ${title}`}>
            <RankBars
              layers={layers}
              ranks={ranks}
              largest={largest}
              label={`Rank of every layer, ${title}`}
            />
          </ScrollX>
        )}
      </section>
      {kind === 'learned' && <PrunedRanks title={title} />}
    </>
  );
}

const totalLines: FigureLine[] = [{ key: 'total', label: 'total rank', color: 'var(--accent)' }];

/** The total rank over training, of a method that prunes meanwhile. */
function PrunedRanks({ title }: { title: string }): ReactElement {
  const frame = useRef<HTMLElement>(null);
  const { history, version } = useHistory(2, frame);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the history is mutable, version says when it changed
  const rows = useMemo(() => trainedRankRows(history), [history, version]);
  return (
    <ChartCard
      frame={frame}
      title="Total rank"
      yName="total rank"
      empty="How many components are left appears here after the first pruning."
      label={`Total rank over training steps, ${title}`}
      rows={rows}
      lines={totalLines}
      logarithmic={false}
      stepped
    />
  );
}

interface RankBarsProps {
  layers: readonly string[];
  ranks: readonly (number | undefined)[];
  largest: number;
  label: string;
}

function RankBars({ layers, ranks, largest, label }: RankBarsProps): ReactElement {
  const { label: left, bar, number, row } = geometry;
  const width = left + bar + number;
  const spoken = layers.map((layer, i) => `${layer} ${ranks[i] ?? 'not known yet'}`).join(', ');
  return (
    <svg
      className="rank-bars"
      viewBox={`0 0 ${width} ${row * layers.length}`}
      width={width}
      height={row * layers.length}
      role="img"
      aria-label={`${label}: ${spoken}`}
    >
      {layers.map((layer, i) => (
        <g key={layer}>
          <text className="grid-label" x={left - 8} y={(i + 0.5) * row} textAnchor="end">
            {layer}
          </text>
          <rect className="rank-track" x={left} y={i * row + 3} width={bar} height={row - 6} rx={3} />
          <rect
            className="rank-bar"
            x={left}
            y={i * row + 3}
            width={(bar * (ranks[i] ?? 0)) / largest}
            height={row - 6}
            rx={3}
          />
          <text className="rank-number" x={left + bar + 10} y={(i + 0.5) * row}>
            {ranks[i] ?? '–'}
          </text>
        </g>
      ))}
    </svg>
  );
}
