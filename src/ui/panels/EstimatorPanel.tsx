/** The estimator against the exact hypergradient, where the run is inspected (`hypergradient.inspectEvery`). */
import { type ReactElement, useMemo, useRef } from 'react';
import { shownConfig } from '../../store/state';
import { ChartCard } from '../charts/ChartCard';
import { cosineRows, ratioRows } from '../charts/inspectionRows';
import type { FigureLine } from '../charts/LineFigure';
import { droppedText } from '../charts/lossRows';
import { useHistory, usePlayground } from '../scope';
import { useReplayCursor } from '../useReplayCursor';

const cosineLines: FigureLine[] = [
  { key: 'total', label: 'cosine to exact', color: 'var(--direct)' },
  { key: 'implicit', label: 'cosine, implicit term', color: 'var(--implicit)', dash: '9 3 2 3' },
  { key: 'share', label: 'implicit share', color: 'var(--ink-soft)', dash: '2 3' },
  { key: 'exactShare', label: 'share, exact', color: 'var(--ink)', dash: '6 3' },
];

const ratioLines: FigureLine[] = [
  { key: 'totalRatio', label: 'whole', color: 'var(--direct)' },
  { key: 'implicitRatio', label: 'implicit term', color: 'var(--implicit)', dash: '6 3' },
];

/** Nothing where there is no inspection. */
export function EstimatorPanel(): ReactElement | null {
  const inspects = usePlayground((state) => {
    const { method, hypergradient } = shownConfig(state);
    return method === 'autolora' && hypergradient.inspectEvery > 0;
  });
  if (!inspects) return null;
  return (
    <>
      <Cosines />
      <Ratios />
    </>
  );
}

function Cosines(): ReactElement {
  const frame = useRef<HTMLElement>(null);
  const { history, version } = useHistory(2, frame);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the history is mutable, version says when it changed
  const { rows, scale } = useMemo(() => cosineRows(history), [history, version]);
  const replay = useReplayCursor(history.frames.latest?.step);
  return (
    <ChartCard
      {...replay}
      frame={frame}
      title="Estimator against exact"
      yName="cosine, share"
      empty="How near the estimate is to the exact hypergradient appears here with the first inspection."
      label="Cosine of the estimated to the exact hypergradient and the share of the implicit term, over search steps"
      rows={rows}
      lines={cosineLines}
      logarithmic={false}
      scale={scale}
      note={
        <p className="quiet chart-note">
          1 is the direction of the exact hypergradient; the share is ‖implicit‖ / (‖direct‖ + ‖implicit‖).
        </p>
      }
    />
  );
}

function Ratios(): ReactElement {
  const frame = useRef<HTMLElement>(null);
  const { history, version } = useHistory(2, frame);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the history is mutable, version says when it changed
  const { rows, dropped } = useMemo(() => ratioRows(history), [history, version]);
  const replay = useReplayCursor(history.frames.latest?.step);
  return (
    <ChartCard
      {...replay}
      frame={frame}
      title="Norm against exact"
      empty="How long the estimate is beside the exact hypergradient appears here with the first inspection."
      yName="ratio"
      label="Ratio of the norm of the estimated to that of the exact hypergradient, whole and of the implicit term, over search steps"
      rows={rows}
      lines={ratioLines}
      logarithmic
      note={
        <p className="quiet chart-note">
          ‖estimate‖ / ‖exact‖: 1 is as long as the exact one.
          {dropped > 0 && ` ${droppedText(dropped)}.`}
        </p>
      }
    />
  );
}
