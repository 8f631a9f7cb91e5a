/** How far a session has come, and how long it will still take. */
import type { ExperimentConfig } from '../config/experiment';
import { rolesOf } from '../config/methods';
import type { Progress } from '../runtime/protocol';
import type { ExperimentContext } from './context';
import { evaluationSteps } from './evaluation';
import type { PhaseState } from './snapshot';

/** Where a session stands. */
export interface SessionStanding extends Pick<PhaseState, 'role' | 'phase' | 'finished'> {
  /** Ranks are derived and a person must press Retrain. */
  thresholded: boolean;
  /** Steps taken: of the search while it is kept, of the training under way, and pulls of the evaluation without the last. */
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
  return { step: evaluated, steps: evaluationSteps(context) };
}

/** Steps until the end, of the search and of all trainings; batches of evaluations are not counted. */
export function stepsLeft(
  config: ExperimentConfig,
  { role, phase, finished, searched, trained }: Omit<SessionStanding, 'searchStepMs' | 'trainStepMs'>,
): { search: number; train: number } {
  if (finished) return { search: 0, train: 0 };
  const { search, retrain } = config;
  const [, beside] = rolesOf(config);
  let train = beside && role !== beside ? retrain.steps : 0;
  if (phase === 'search' || phase === 'threshold') train += retrain.steps;
  if (phase === 'retrain') train += retrain.steps - trained;
  return { search: phase === 'search' ? search.steps - searched : 0, train };
}

/** Steps left at their last known pace; a plain step is taken for a fourth of a search step until one is timed. */
function remainingMs(config: ExperimentConfig, standing: SessionStanding): number {
  const { searchStepMs, trainStepMs } = standing;
  const { search, train } = stepsLeft(config, standing);
  return search * searchStepMs + train * (trainStepMs || searchStepMs / 4);
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
