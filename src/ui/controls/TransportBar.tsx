/** The one sticky bar that drives a run: reset, play, step, slow, phases, clock, backend. */
import { ActionIcon, Button, Switch, Tooltip, VisuallyHidden } from '@mantine/core';
import { type ReactElement, type RefObject, useEffect, useRef } from 'react';
import { canStep, changedSinceLoad, hasBegun, needsRestart, type Resumable } from '../../store/state';
import { awaits } from '../../telemetry/awaits';
import type { StepHalf } from '../../telemetry/events';
import { clock } from '../numbers';
import { useActions, usePlayground, useSweep } from '../scope';
import { useKeptFocus } from '../useKeptFocus';
import { BackendBadge } from './BackendBadge';
import { Icon } from './icons';
import { PhaseStepper } from './PhaseStepper';
import { restartText } from './restartText';
import { SlowMotion } from './SlowMotion';
import '../styles/transport.css';

const halves: { half: StepHalf; label: string; name: string; tip: string }[] = [
  { half: 'weights', label: 'W', name: 'Step W', tip: 'Weights only: one step of A, B and the head (key W)' },
  {
    half: 'selection',
    label: 'β',
    name: 'Step β',
    tip: 'Selection only: one step of β by the hypergradient (key B)',
  },
  { half: 'both', label: 'both', name: 'Step both', tip: 'One whole bilevel step (key .)' },
];

export function TransportBar(): ReactElement {
  const bar = useRef<HTMLElement>(null);
  useKeptFocus(bar);
  useHeightOf(bar);
  return (
    <section className="transport" aria-label="Transport" ref={bar}>
      <Announcement />
      <div className="transport-keys">
        <Keys />
      </div>
      <PhaseStepper />
      <RunClock />
      <BackendBadge />
      <SlowMotion />
      <RestartRow />
    </section>
  );
}

/** Keeps the bar's height in `--bar`, for what must not lie below it. */
function useHeightOf(bar: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const { current } = bar;
    if (!current) return;
    const observer = new ResizeObserver(() =>
      document.documentElement.style.setProperty('--bar', `${current.offsetHeight}px`),
    );
    observer.observe(current);
    return () => observer.disconnect();
  }, [bar]);
}

function Keys(): ReactElement {
  const status = usePlayground((state) => state.progress?.status);
  const busy = usePlayground((state) => state.busy);
  const slow = usePlayground((state) => state.slow);
  const through = usePlayground((state) => state.through);
  const begun = usePlayground((state) => state.facts.start !== undefined);
  const failed = usePlayground((state) => state.backend.status === 'failed');
  const actions = useActions();
  const viewing = usePlayground((state) => state.viewing === true);
  const running = status === 'running';
  const finished = status === 'finished';
  const takesWhole = usePlayground((state) => canStep(state, 'both'));
  const takesHalf = usePlayground((state) => canStep(state, 'weights'));
  return (
    <>
      <Tooltip label="Back to step 0, same seed (key R)">
        <ActionIcon
          variant="default"
          size={36}
          aria-label="Reset"
          disabled={!begun}
          onClick={() => void actions.reset()}
        >
          <Icon name="reset" />
        </ActionIcon>
      </Tooltip>
      <Button
        className="play"
        size="sm"
        h={40}
        variant="filled"
        loading={busy !== undefined && !running}
        disabled={finished || viewing || failed}
        data-running={running}
        leftSection={<Icon name={running ? 'pause' : 'play'} size={18} />}
        onClick={() => void actions.togglePlay()}
      >
        {running ? 'Pause' : finished ? 'Done' : viewing ? 'No weights' : 'Play'}
      </Button>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset would bring borders and a legend of its own */}
      <div className="step-group" role="group" aria-label="Step">
        <span aria-hidden="true">Step</span>
        {halves.map(({ half, label, name, tip }) => (
          <Tooltip key={half} label={tip}>
            <button
              type="button"
              aria-label={name}
              disabled={failed || !(half === 'both' ? takesWhole : takesHalf)}
              onClick={() => void actions.step(half)}
            >
              {label}
            </button>
          </Tooltip>
        ))}
      </div>
      <Tooltip
        label="Continue automatically: from search through threshold, retraining and evaluation, then plain LoRA of about the same size to compare"
        multiline
        w={260}
      >
        <Switch
          size="xs"
          label="Auto"
          aria-label="Auto: continue automatically"
          checked={through}
          onChange={(event) => actions.setThrough(event.currentTarget.checked)}
        />
      </Tooltip>
      <Tooltip label="Rest half a second after every step">
        <Switch
          size="xs"
          label="Slow"
          checked={slow}
          onChange={(event) => actions.setSlow(event.currentTarget.checked)}
        />
      </Tooltip>
    </>
  );
}

/** What a screen reader is told of a run: where it has come to, not every step. */
function Announcement(): ReactElement {
  const said = usePlayground(({ progress, facts, viewing }) => {
    if (!progress || !facts.start) return '';
    const { status, phase, role } = progress;
    if (status === 'finished') return 'The run is finished.';
    if (viewing) return 'This run can only be looked at.';
    if (status === 'thresholded') return awaits.retrain;
    if (status !== 'running' && phase === 'threshold') return awaits.threshold;
    const what = `${phase}${role === 'lora' && phase !== 'search' ? ' of LoRA' : ''}`;
    return status === 'running' ? `Running: ${what}.` : `Paused in ${what}.`;
  });
  return <VisuallyHidden role="status">{said}</VisuallyHidden>;
}

function RunClock(): ReactElement {
  // Before the first step it is that of what is loaded, which the controls may have left.
  const progress = usePlayground((state) => (hasBegun(state) ? state.progress : undefined));
  const busy = usePlayground((state) => state.busy);
  const planned = usePlayground(({ draft }) =>
    draft.method === 'autolora' ? draft.search.steps : draft.retrain.steps,
  );
  const doneMs = usePlayground((state) => state.facts.doneMs);
  const saving = usePlayground((state) => state.saving === true && state.progress?.status === 'finished');
  const viewing = usePlayground((state) => state.viewing === true);
  if (busy) {
    return (
      <div className="run-clock" role="status">
        {busy}…
      </div>
    );
  }
  if (progress?.status === 'finished') {
    return (
      <div className="run-clock">
        <strong>Finished</strong>
        {doneMs !== undefined && <span>in {clock(doneMs)}</span>}
        {saving && <span data-testid="saving">· saving…</span>}
      </div>
    );
  }
  const step = progress?.step ?? 0;
  const steps = progress && progress.steps > 0 ? progress.steps : planned;
  return (
    <div className="run-clock">
      <span>
        {progress?.phase === 'evaluate' ? 'batch' : 'step'} <strong data-testid="step">{step}</strong>/{steps}
      </span>
      {progress && progress.stepMs > 0 && <span>· {Math.round(progress.stepMs)} ms</span>}
      {progress && !viewing && progress.remainingMs > 0 && (
        <span>· {clock(progress.remainingMs + (progress.restMs ?? 0))} left</span>
      )}
    </div>
  );
}

function RestartRow(): ReactElement {
  const runId = usePlayground((state) => state.run?.id);
  const ofSweep = useSweep(({ items }) => items.some((item) => runId !== undefined && item.runId === runId));
  const reason = usePlayground((state) =>
    needsRestart(state) ? restartText(changedSinceLoad(state), ofSweep) : undefined,
  );
  const resumable = usePlayground((state) => state.resumable);
  const busy = usePlayground((state) => state.busy !== undefined);
  const actions = useActions();
  return (
    <>
      {resumable && (
        <div className="restart-row">
          <span>
            {leftBecause(resumable)}{' '}
            {resumable.finished ? 'finished' : `at step ${resumable.step} of ${resumable.phase}`}.
          </span>
          <Button size="compact-sm" variant="light" disabled={busy} onClick={() => void actions.resume()}>
            {resumable.unstored ? 'Go back to it' : resumable.undo ? 'Undo the reset' : 'Resume it'}
          </Button>
        </div>
      )}
      {reason && (
        <div className="restart-row">
          <span>{reason}</span>
          <Button size="compact-sm" variant="light" disabled={busy} onClick={() => void actions.restart()}>
            Restart with changes
          </Button>
        </div>
      )}
    </>
  );
}

function leftBecause({ unstored, undo }: Resumable): string {
  if (unstored) return 'The run before could not be stored, and goes when this page is closed. It was';
  return undo ? 'The run you reset was' : 'A run of yours is stored,';
}
