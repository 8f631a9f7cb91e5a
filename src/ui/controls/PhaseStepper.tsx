/** Search → Threshold → Retrain → Evaluate, where the run stands in it, and the two phases that can be asked for. */
import { VisuallyHidden } from '@mantine/core';
import type { CSSProperties, ReactElement } from 'react';
import { canRetrain, canThreshold, shownConfig, triesOtherRanks } from '../../store/state';
import type { Phase } from '../../telemetry/events';
import { useActions, usePlayground } from '../scope';
import { Icon } from './icons';

const allPhases: { phase: Phase; title: string }[] = [
  { phase: 'search', title: 'Search' },
  { phase: 'threshold', title: 'Threshold' },
  { phase: 'retrain', title: 'Retrain' },
  { phase: 'evaluate', title: 'Evaluate' },
];

/** A single-level method has nothing to search and no threshold. */
const singleLevelPhases = allPhases.slice(2);

export function PhaseStepper(): ReactElement {
  const phases = usePlayground((state) =>
    shownConfig(state).method === 'autolora' ? allPhases : singleLevelPhases,
  );
  const status = usePlayground((state) => state.progress?.status);
  const phase = usePlayground((state) => state.progress?.phase ?? 'search');
  const role = usePlayground((state) => state.progress?.role);
  const begun = usePlayground((state) => state.facts.start !== undefined);
  const share = usePlayground(({ progress }) =>
    progress && progress.steps > 0 ? Math.round((100 * progress.step) / progress.steps) / 100 : 0,
  );
  const busy = usePlayground((state) => state.busy !== undefined);
  const mayThreshold = usePlayground(canThreshold);
  const mayRetrain = usePlayground(canRetrain);
  const triesOther = usePlayground(triesOtherRanks);
  const { threshold, retrain } = useActions();
  // Before the first step the worker may hold another experiment than the controls say.
  const place = status === 'finished' ? phases.length : phases.findIndex((entry) => entry.phase === phase);
  const at = begun ? place : -1;
  const isBeside = begun && role === 'lora' && phases === allPhases;

  return (
    <ol className="phases" aria-label={isBeside ? 'Phases, now of plain LoRA' : 'Phases'}>
      {phases.map(({ phase: name, title }, index) => {
        const state = index < at || (mayRetrain && index <= 1) ? 'done' : index === at ? 'current' : 'ahead';
        return (
          <li key={name}>
            {name === 'threshold' && mayThreshold ? (
              <button
                type="button"
                className="phase"
                data-primary={phase === 'threshold'}
                disabled={busy}
                onClick={() => void threshold()}
              >
                Threshold now
              </button>
            ) : name === 'retrain' && mayRetrain ? (
              <button
                type="button"
                className="phase"
                data-primary="true"
                disabled={busy}
                onClick={() => void retrain()}
              >
                {triesOther ? 'Retrain (learned ranks)' : 'Retrain'}
              </button>
            ) : (
              <span
                className="phase"
                data-state={state}
                aria-current={state === 'current' ? 'step' : undefined}
                style={state === 'current' ? ({ '--share': share } as CSSProperties) : undefined}
              >
                {state === 'done' && (
                  <span className="mark">
                    <Icon name="check" size={12} />
                  </span>
                )}
                {isBeside && state === 'current' ? `${title} · LoRA` : title}
                {state === 'done' && <VisuallyHidden>done</VisuallyHidden>}
              </span>
            )}
          </li>
        );
      })}
    </ol>
  );
}
