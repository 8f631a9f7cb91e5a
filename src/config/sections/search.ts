/** The bilevel search. */
import { z } from 'zod';
import { choice, integer, real } from '../fieldBuilders';

export const search = z.object({
  steps: integer(240, 1, 1_000_000, {
    label: 'Search steps',
    reason: 'Bilevel iterations before the threshold.',
    group: 'search',
  }),
  batchSize: integer(16, 1, 512, {
    label: 'Batch size',
    reason: 'Examples per train batch and per validation batch.',
    group: 'search',
  }),
  learningRate: real(1e-3, 1e-7, 1, {
    label: 'W learning rate',
    reason: 'For the LoRA weights and the head.',
    group: 'search',
    scale: 'log',
  }),
  weightDecay: real(0.01, 0, 1, {
    label: 'W weight decay',
    reason: 'AdamW, decoupled.',
    group: 'search',
    advanced: true,
  }),
  betaLearningRate: real(1.5e-2, 1e-7, 1, {
    label: 'β learning rate',
    reason: 'For the selection logits; the paper uses 1e-3, which needs thousands of steps to show.',
    group: 'search',
    scale: 'log',
  }),
  betaWeightDecay: real(0, 0, 1, {
    label: 'β weight decay',
    reason: 'Pulls the logits towards uniform.',
    group: 'search',
    advanced: true,
  }),
  betaAdamBeta1: real(0.9, 0, 0.999, {
    label: 'β momentum',
    reason: "Adam's first decay for β; the released code uses 0.5.",
    group: 'search',
    advanced: true,
  }),
  schedule: choice(['linear', 'constant'], 'constant', {
    label: 'Schedule',
    reason: 'linear warms up and decays the W rate to 0.',
    group: 'search',
    advanced: true,
  }),
  warmupFraction: real(0.06, 0, 1, {
    label: 'Warm-up share',
    reason: 'Part of the steps over which a linear schedule rises.',
    group: 'search',
    advanced: true,
  }),
  clipNorm: real(1, 0, 1000, {
    label: 'Gradient clip',
    reason: 'Largest global norm of a W gradient; 0 leaves it alone.',
    group: 'search',
    advanced: true,
  }),
  dropout: real(0, 0, 0.9, {
    label: 'Dropout',
    reason: "The model's own dropout while training; the mask repeats in passes that are subtracted.",
    group: 'search',
    advanced: true,
  }),
  stopWhenStable: integer(0, 0, 1_000_000, {
    label: 'Stop when stable',
    reason:
      'End the search once its ranks stood still for this many steps (0 never) and for three reports after the first.',
    group: 'search',
    advanced: true,
  }),
  stableTolerance: real(0, 0, 1, {
    label: 'Stable within',
    reason:
      'Share of the total rank that may change and still count as stable: components at the threshold come and go.',
    group: 'search',
    advanced: true,
  }),
});
