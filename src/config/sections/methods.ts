/** Settings of single methods that others are compared with. */
import { z } from 'zod';
import { integer, real } from '../fieldBuilders';
import { largestRank } from '../largestRank';

export const loraPlus = z.object({
  ratio: real(16, 1, 1024, {
    label: 'LoRA+ ratio λ',
    reason: 'B learns at λ times the learning rate; the authors recommend 2⁴.',
    group: 'method',
  }),
});

export const adalora = z.object({
  initRank: integer(12, 0, largestRank, {
    label: 'Initial rank',
    reason: 'Triplets per layer at the start; PEFT’s default, 1.5 times the target.',
    group: 'method',
  }),
  targetRank: integer(8, 0, largestRank, {
    label: 'Target rank',
    reason: 'Mean rank per layer at the end.',
    group: 'method',
  }),
  initialFraction: real(0.12, 0, 1, {
    label: 'Share before pruning',
    reason: 't_init in shares of the steps; 800 of 6,700 in the authors’ CoLA run.',
    group: 'method',
  }),
  finalFraction: real(0.5, 0, 1, {
    label: 'Share after pruning',
    reason:
      't_final in shares of the steps, trained at the final ranks; 3,500 of 6,700 in the authors’ CoLA run.',
    group: 'method',
  }),
  maskFraction: real(0.0015, 0, 1, {
    label: 'Share between prunings',
    reason: 'ΔT in shares of the steps, at least one step; 10 of 6,700 in the authors’ CoLA run.',
    group: 'method',
    advanced: true,
  }),
  beta1: real(0.85, 0, 0.9999, {
    label: 'β1 of the sensitivity',
    reason: 'Decay of the mean of |p · grad|.',
    group: 'method',
    advanced: true,
  }),
  beta2: real(0.85, 0, 0.9999, {
    label: 'β2 of the uncertainty',
    reason: 'Decay of the mean of how far the sensitivity strays.',
    group: 'method',
    advanced: true,
  }),
  orthogonality: real(0.5, 0, 100, {
    label: 'Orthogonality weight',
    reason: 'orth_reg_weight of PEFT: how strongly A and B are held orthogonal.',
    group: 'method',
  }),
});

export const sora = z.object({
  maxRank: integer(8, 1, largestRank, {
    label: 'Largest rank',
    reason: 'Gated components per layer at the start; what is not gated off is the rank.',
    group: 'method',
  }),
  lambda: real(0.375, 0, 10_000, {
    label: 'Gate penalty λ',
    reason:
      'Each step shrinks the gates by λ times the rate; 0.375 is the authors’ 3e-4 at rate 8e-4 over 14,000 steps: short runs need more.',
    group: 'method',
    scale: 'log',
  }),
});

export const houlsby = z.object({
  bottleneck: integer(24, 1, 1024, {
    label: 'Bottleneck m',
    reason: 'Width of the adapters; 24 gives 0.9 million parameters on RoBERTa-base.',
    group: 'method',
  }),
});
