import type { PhaseCost } from '../telemetry/events';

/** What the training of a run takes: search and retraining, evaluation left out. */
export interface RunCost {
  wallMs: number;
  steps: number;
  /** Without padding. */
  tokens: number;
  /** Forward and backward passes. */
  passes: number;
}

export const sumCosts = (costs: readonly RunCost[]): RunCost =>
  costs.reduce(
    (sum, cost) => ({
      wallMs: sum.wallMs + cost.wallMs,
      steps: sum.steps + cost.steps,
      tokens: sum.tokens + cost.tokens,
      passes: sum.passes + cost.passes,
    }),
    { wallMs: 0, steps: 0, tokens: 0, passes: 0 },
  );

/** @param phases of one role; evaluation is not counted, and what is still under way has cost nothing yet */
export const trainingCost = (
  phases: readonly { phase: string; wallMs?: number; cost?: PhaseCost }[],
): RunCost =>
  sumCosts(
    phases
      .filter(({ phase }) => phase !== 'evaluate')
      .map(({ wallMs = 0, cost }) => ({
        wallMs,
        steps: cost?.steps ?? 0,
        tokens: cost?.tokens ?? 0,
        passes: (cost?.forwardPasses ?? 0) + (cost?.backwardPasses ?? 0),
      })),
  );
