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
