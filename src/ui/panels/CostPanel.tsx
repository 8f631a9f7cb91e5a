/** What training costs: milliseconds per step over time, memory, tensors. */
import { type ReactElement, useMemo, useRef } from 'react';
import { slowRestMs } from '../../store/loading';
import type { BoundedSeries } from '../../telemetry/series';
import { costBox, costLine } from '../charts/costLine';
import { Explained } from '../controls/Explained';
import { FigureDownload } from '../controls/FigureDownload';
import { compact, describeBytes } from '../numbers';
import { useHistory, usePlayground } from '../scope';

export function CostPanel(): ReactElement {
  const panel = useRef<HTMLElement>(null);
  const { history, version } = useHistory(2, panel);
  const stepMs = usePlayground((state) => Math.round(state.progress?.stepMs ?? 0));
  const bytes = usePlayground((state) => state.progress?.bytes ?? 0);
  const tensors = usePlayground((state) => state.progress?.tensors ?? 0);
  const slow = usePlayground((state) => state.slow);
  const { cost } = history.series;
  return (
    <section className="card" ref={panel} aria-label="Throughput and memory">
      <div className="card-head">
        <h3>Throughput and memory</h3>
      </div>
      <dl className="costs">
        <div>
          <dt>per step</dt>
          <dd>
            {stepMs > 0 ? stepMs : '–'} <small>ms</small>
          </dd>
        </div>
        <div>
          <dt>steps per second</dt>
          <dd>{stepMs > 0 ? (1000 / (stepMs + (slow ? slowRestMs : 0))).toFixed(1) : '–'}</dd>
        </div>
        <div>
          <dt>
            <Explained by="Weights, optimizer moments and batches; the browser itself takes more">
              memory of the engine
            </Explained>
          </dt>
          <dd>
            {bytes > 0 ? describeBytes(bytes) : '–'}{' '}
            {tensors > 0 && <small>in {tensors} tensors (arrays)</small>}
          </dd>
        </div>
      </dl>
      {cost.length > 1 && (
        <>
          <CostFigure series={cost} column={0} version={version} unit="ms per step" />
          <CostFigure series={cost} column={1} version={version} unit="MB of memory" />
        </>
      )}
    </section>
  );
}

interface CostFigureProps {
  series: BoundedSeries;
  column: number;
  /** Rises with every point, since the series is changed in place. */
  version: number;
  unit: string;
}

/** One cost over the run, from 0 up; nothing where it is not known. */
function CostFigure({ series, column, version, unit }: CostFigureProps): ReactElement | null {
  const frame = useRef<HTMLElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the series is mutable, version says when it changed
  const { points, top, cut } = useMemo(
    () => costLine(series.x, series.column(column)),
    [series, column, version],
  );
  if (points === '') return null;
  const scale = `${compact(top)} ${unit}`;
  const said = `0 to ${scale}, over the run${cut > 0 ? '; what is above is cut off' : ''}`;
  return (
    <figure className="cost-figure" ref={frame}>
      <figcaption className="quiet">
        {said} <FigureDownload frame={frame} title={unit} detail={said} />
      </figcaption>
      <svg
        className="cost-line"
        viewBox={`0 0 ${costBox.width} ${costBox.height}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`${unit} over the run, on a scale from 0 to ${scale}`}
      >
        <polyline points={points} />
      </svg>
    </figure>
  );
}
