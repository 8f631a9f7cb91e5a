/** Train and validation loss of the search, and of both retrainings behind it. */
import { type ReactElement, useMemo, useRef, useState } from 'react';
import { methodFacts } from '../../config/methods';
import { searchStepsTaken } from '../../store/facts';
import { shownConfig } from '../../store/state';
import { ChartCard } from '../charts/ChartCard';
import type { FigureLine } from '../charts/LineFigure';
import { droppedText, lossRows } from '../charts/lossRows';
import { SmoothingSlider } from '../controls/SmoothingSlider';
import { useHistory, usePlayground } from '../scope';
import { useReplayCursor } from '../useReplayCursor';

const baselineLine: FigureLine = {
  key: 'lora',
  label: 'retrain: LoRA',
  color: 'var(--baseline)',
  dash: '2 3',
  raw: true,
};

const lines: FigureLine[] = [
  { key: 'train', label: 'search: train', color: 'var(--train)', raw: true },
  { key: 'validation', label: 'search: validation', color: 'var(--validation)', dash: '6 3', raw: true },
  { key: 'autolora', label: 'retrain: AutoLoRA', color: 'var(--retrain)', raw: true },
  baselineLine,
];

interface PanelFocus {
  /** True for the one chart that is drawn most often. */
  focused: boolean;
  onFocus(focused: boolean): void;
}

export function LossPanel({ focused, onFocus }: PanelFocus): ReactElement {
  const frame = useRef<HTMLElement>(null);
  const { history, version } = useHistory(focused ? 10 : 4, frame);
  const facts = usePlayground((state) => state.facts);
  const method = usePlayground((state) => shownConfig(state).method);
  const [smoothing, setSmoothing] = useState(0.6);
  const [logarithmic, setLogarithmic] = useState(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the history is mutable, version says when it changed
  const { rows, searchEnd, dropped } = useMemo(
    () =>
      lossRows(history, smoothing, searchStepsTaken(facts, history.series.search.lastX ?? 0), logarithmic),
    [history, version, smoothing, facts.ranks, logarithmic],
  );
  const replay = useReplayCursor(method === 'autolora' ? history.frames.latest?.step : undefined);
  return (
    <ChartCard
      {...replay}
      frame={frame}
      onFocus={onFocus}
      title="Loss"
      yName="loss"
      empty="Train and validation loss appear here with the first steps."
      label={
        method === 'autolora'
          ? 'Loss over steps: search on train and validation, then retraining of AutoLoRA and LoRA'
          : `Train loss of ${methodFacts[method].title} over steps`
      }
      rows={rows}
      lines={
        method === 'autolora'
          ? lines
          : [
              {
                key: 'lora',
                label: `train: ${methodFacts[method].title}`,
                color: 'var(--retrain)',
                raw: true,
              },
            ]
      }
      logarithmic={logarithmic}
      note={dropped > 0 && <p className="quiet chart-note">{droppedText(dropped)}.</p>}
      mark={
        method !== 'autolora' || searchEnd === undefined ? undefined : { x: searchEnd, label: 'threshold' }
      }
      tools={
        <>
          <SmoothingSlider value={smoothing} onChange={setSmoothing} />
          <button
            type="button"
            className="toggle"
            aria-pressed={logarithmic}
            onClick={() => setLogarithmic(!logarithmic)}
          >
            log
          </button>
        </>
      }
    />
  );
}
