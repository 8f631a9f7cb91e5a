/** What training costs: milliseconds per step over time, memory, tensors. */
import { type ReactElement, useMemo, useRef } from 'react';
import { minMaxIndices } from '../../telemetry/series';
import { megabytes } from '../numbers';
import { useHistory, usePlayground } from '../scope';

const size = { width: 300, height: 30 };

export function CostPanel(): ReactElement {
  const panel = useRef<HTMLElement>(null);
  const { history, version } = useHistory(2, panel);
  const stepMs = usePlayground((state) => Math.round(state.progress?.stepMs ?? 0));
  const bytes = usePlayground((state) => state.progress?.bytes ?? 0);
  const tensors = usePlayground((state) => state.progress?.tensors ?? 0);
  const { cost } = history.series;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the series is mutable, version says when it changed
  const line = useMemo(() => {
    const ms = cost.column(0);
    const kept = minMaxIndices([ms], cost.length, 300).filter((i) => Number.isFinite(ms[i]));
    const sorted = kept.map((i) => ms[i] as number).sort((a, b) => a - b);
    // One slow first step (compilation) should not flatten the rest.
    const top = (sorted[Math.floor(sorted.length * 0.98)] ?? 1) * 1.15;
    const first = cost.x[0] ?? 0;
    const span = Math.max(1, (cost.lastX ?? 1) - first);
    return kept
      .map((i) => {
        const x = (((cost.x[i] as number) - first) / span) * size.width;
        const y = size.height - Math.min(1, (ms[i] as number) / top) * size.height;
        return `${x.toFixed(1)},${y.toFixed(1)}`;
      })
      .join(' ');
  }, [cost, version]);
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
          <dd>{stepMs > 0 ? (1000 / stepMs).toFixed(1) : '–'}</dd>
        </div>
        <div>
          <dt title="Weights, optimizer moments and batches; the browser itself takes more">
            memory of the engine
          </dt>
          <dd>
            {bytes > 0 ? megabytes(bytes) : '–'} {tensors > 0 && <small>in {tensors} tensors (arrays)</small>}
          </dd>
        </div>
      </dl>
      {cost.length > 1 && (
        <figure className="cost-figure">
          <figcaption className="quiet">ms per step, over the run</figcaption>
          <svg
            className="cost-line"
            viewBox={`0 0 ${size.width} ${size.height}`}
            preserveAspectRatio="none"
            role="img"
            aria-label="Milliseconds per step over the run"
          >
            <polyline points={line} />
          </svg>
        </figure>
      )}
    </section>
  );
}
