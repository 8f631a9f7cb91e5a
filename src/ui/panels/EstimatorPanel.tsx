/** The estimator against the exact hypergradient, where the run is inspected (`hypergradient.inspectEvery`). */
import { type ReactElement, useMemo, useRef } from 'react';
import { ChartCard } from '../charts/ChartCard';
import { inspectionRows } from '../charts/inspectionRows';
import type { FigureLine } from '../charts/LineFigure';
import { useHistory } from '../scope';
import { useReplayCursor } from '../useReplayCursor';

const lines: FigureLine[] = [
  { key: 'total', label: 'cosine to exact', color: 'var(--direct)' },
  { key: 'implicit', label: 'cosine, implicit term', color: 'var(--implicit)' },
  { key: 'share', label: 'implicit share', color: 'var(--ink-soft)', dash: '2 3' },
  { key: 'exactShare', label: 'share, exact', color: 'var(--ink)', dash: '6 3' },
];

/** Nothing where there is no inspection. */
export function EstimatorPanel(): ReactElement | null {
  const frame = useRef<HTMLElement>(null);
  const { history, version } = useHistory(2, frame);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the history is mutable, version says when it changed
  const { rows, scale } = useMemo(() => inspectionRows(history), [history, version]);
  const replay = useReplayCursor(history.frames.latest?.step);
  if (rows.length === 0) return null;
  return (
    <ChartCard
      {...replay}
      frame={frame}
      title="Estimator against exact"
      empty=""
      label="Cosine of the estimated to the exact hypergradient and the share of the implicit term, over search steps"
      rows={rows}
      lines={lines}
      logarithmic={false}
      scale={scale}
      note={
        <p className="quiet" style={{ margin: '6px 0 0' }}>
          1 is the direction of the exact hypergradient; the share is ‖implicit‖ / (‖direct‖ + ‖implicit‖).
        </p>
      }
    />
  );
}
