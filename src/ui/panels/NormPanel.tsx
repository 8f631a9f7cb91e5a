/** The hypergradient's two terms: how large the direct and the implicit part are over the search. */
import { type ReactElement, useMemo, useRef, useState } from 'react';
import { shownConfig } from '../../store/state';
import { ChartCard } from '../charts/ChartCard';
import type { FigureLine } from '../charts/LineFigure';
import { droppedText, normRows } from '../charts/lossRows';
import { useHistory, usePlayground } from '../scope';
import { useReplayCursor } from '../useReplayCursor';

const lines: FigureLine[] = [
  { key: 'direct', label: 'direct', color: 'var(--direct)' },
  { key: 'implicit', label: 'implicit', color: 'var(--implicit)', dash: '6 3' },
];

export function NormPanel({
  focused,
  onFocus,
}: {
  focused: boolean;
  onFocus(focused: boolean): void;
}): ReactElement {
  const frame = useRef<HTMLElement>(null);
  const { history, version } = useHistory(focused ? 10 : 2, frame);
  const estimator = usePlayground((state) => shownConfig(state).hypergradient.estimator);
  const [logarithmic, setLogarithmic] = useState(true);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the history is mutable, version says when it changed
  const { rows, dropped } = useMemo(() => normRows(history, logarithmic), [history, version, logarithmic]);
  const replay = useReplayCursor(history.frames.latest?.step);
  return (
    <ChartCard
      {...replay}
      frame={frame}
      onFocus={onFocus}
      title="Hypergradient norms"
      yName="norm over all β"
      empty="‖direct‖ and ‖implicit‖ over all β appear here during the search."
      label="Norms of the direct and the implicit term of the hypergradient over search steps"
      rows={rows}
      lines={lines}
      logarithmic={logarithmic}
      tools={
        <button
          type="button"
          className="toggle"
          aria-pressed={logarithmic}
          onClick={() => setLogarithmic(!logarithmic)}
        >
          log
        </button>
      }
      note={
        dropped > 0 && (
          <p className="quiet chart-note">
            {droppedText(dropped)}
            {estimator === 'first-order' ? ': first-order leaves the implicit term out.' : '.'}
          </p>
        )
      }
    />
  );
}
