/** How far a session has come, and how long it will still take. */
import type { ExperimentConfig } from '../config/experiment';
import type { Progress } from '../runtime/protocol';
import type { ExperimentContext } from './context';
import { evaluationSteps } from './evaluation';
import type { PhaseState } from './snapshot';

/** Where a session stands. */
export interface SessionStanding extends Pick<PhaseState, 'role' | 'phase' | 'finished'> {
  /** Ranks are derived and a person must press Retrain. */
  thresholded: boolean;
  /** Steps taken: of the search while it is kept, of the training under way, and pulls of the evaluation. */
  searched: number;
  trained: number;
  evaluated: number;
  /** Last known milliseconds per step; 0 until one is timed. */
  searchStepMs: number;
  trainStepMs: number;
}

/** Steps taken of the phase, and how many it has; a search that waits for its threshold still shows its own. */
export function positionOf(
  context: ExperimentContext,
  {
    phase,
    searched,
    trained,
    evaluated,
  }: Pick<SessionStanding, 'phase' | 'searched' | 'trained' | 'evaluated'>,
): { step: number; steps: number } {
  const { search, retrain } = context.config;
  if (phase === 'search' || phase === 'threshold') return { step: searched, steps: search.steps };
  if (phase === 'retrain') return { step: trained, steps: retrain.steps };
  const steps = evaluationSteps(context);
  return { step: Math.min(evaluated, steps), steps };
}

/** Steps left at their last known pace; a plain step is taken for a fourth of a search step until one is timed. */
function remainingMs(
  { search, retrain, baseline, method }: ExperimentConfig,
  { role, phase, finished, searched, trained, searchStepMs, trainStepMs }: SessionStanding,
): number {
  if (finished) return 0;
  const trainMs = trainStepMs || searchStepMs / 4;
  let remaining = 0;
  if (phase === 'search') remaining += (search.steps - searched) * searchStepMs;
  if (phase === 'search' || phase === 'threshold') remaining += retrain.steps * trainMs;
  if (phase === 'retrain') remaining += (retrain.steps - trained) * trainMs;
  const baselineLeft = method === 'autolora' && role === 'autolora' && baseline.enabled;
  return remaining + (baselineLeft ? retrain.steps * trainMs : 0);
}

/** Of a run that is not playing; what the device holds and what was drawn is not in it. */
export function progressOf(
  context: ExperimentContext,
  standing: SessionStanding,
): Omit<Progress, 'drawn' | 'tensors' | 'bytes'> {
  const { role, phase, finished, thresholded, searchStepMs, trainStepMs } = standing;
  return {
    status: finished ? 'finished' : thresholded ? 'thresholded' : 'paused',
    role,
    phase,
    ...positionOf(context, standing),
    stepMs: phase === 'search' ? searchStepMs : trainStepMs,
    remainingMs: remainingMs(context.config, standing),
  };
}
