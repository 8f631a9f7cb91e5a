/** The words of golden folders, as they stand there and with other numbers. */
import { describe, expect, it } from 'vitest';
import { trajectoryPlan } from './trajectoryPlan';

const usual =
  'W: torch AdamW lr 2e-3 betas (.8,.99) eps 1e-7 weight_decay 0.05 on ALL W tensors; beta: torch Adam lr 0.01 betas (.7,.995) eps 1e-6. Step t uses train batch t and val batch t.';
const betty =
  'REAL Betty Engine, wired like the released code: inner AdamW lr 5e-3 wd 0.02, outer Adam lr 4e-4 betas (.5,.999), type=darts, unroll_steps=1, roll_back=True: (1) cache W.';

describe('trajectoryPlan', () => {
  it('reads both optimizers', () => {
    const { options, halves } = trajectoryPlan('exact_eta0.25', usual);
    expect(options).toMatchObject({
      weightLearningRate: 2e-3,
      weightAdam: { beta1: 0.8, beta2: 0.99, epsilon: 1e-7, weightDecay: 0.05 },
      betaLearningRate: 0.01,
      betaAdam: { beta1: 0.7, beta2: 0.995, epsilon: 1e-6, weightDecay: 0 },
      hypergradient: { estimator: 'exact', eta: 0.25, unroll: 'sgd' },
      rollback: false,
    });
    expect(halves).toEqual(['weights', 'selection']);
  });

  it("takes Betty's conventions, and its optimizers from the one above", () => {
    const first = trajectoryPlan('betty_rollback', betty);
    expect(first).toMatchObject({ halves: ['both'], approximate: true });
    expect(first.options).toMatchObject({
      weightLearningRate: 5e-3,
      weightAdam: { beta1: 0.9, weightDecay: 0.02 },
      betaLearningRate: 4e-4,
      betaAdam: { beta1: 0.5, beta2: 0.999 },
      rollback: true,
      hypergradient: { unroll: 'optimizer', perturbAround: 'post-step', implicitScale: 'unit' },
    });
    const second = trajectoryPlan(
      'betty_no_rollback',
      'REAL Betty Engine as above with roll_back=False.',
      first,
    );
    expect(second.options).toEqual({ ...first.options, rollback: false });
  });

  it('knows the other orders and refuses the rest', () => {
    expect(trajectoryPlan('eta0', usual).options.hypergradient).toMatchObject({
      estimator: 'first-order',
      eta: 0,
    });
    expect(trajectoryPlan('exact_eta0.1_beta_first', usual)).toMatchObject({
      halves: ['both'],
      options: { rollback: true },
    });
    const darts = trajectoryPlan(
      'darts_original_eta0.1',
      `${usual} eps=0.02/||v||. (val_loss reported at Wnew)`,
    );
    expect(darts).toMatchObject({ lossAtNewWeights: true, approximate: true });
    expect(darts.options.hypergradient).toMatchObject({ finiteDifferenceRadius: 0.02, eta: 0.1 });
    expect(() => trajectoryPlan('sama_eta0.1', usual)).toThrow('trajectory "sama_eta0.1"');
  });
});
