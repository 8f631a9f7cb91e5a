/** What of a run's phases is its training. */
import { expect, it } from 'vitest';
import { trainingCost } from './runCost';

it('counts search and retraining, not evaluation, and nothing of a phase that has only begun', () => {
  const cost = { steps: 3, examples: 24, tokens: 100, forwardPasses: 5, backwardPasses: 4 };
  expect(
    trainingCost([
      { phase: 'search' },
      { phase: 'search', wallMs: 20, cost },
      { phase: 'threshold', wallMs: 1 },
      { phase: 'retrain', wallMs: 10, cost: { ...cost, steps: 2, backwardPasses: 1 } },
      { phase: 'evaluate', wallMs: 500, cost },
    ]),
  ).toEqual({ wallMs: 31, steps: 5, tokens: 200, passes: 15 });
});
