/** Training at the learned ranks, and of every other method. */
import { z } from 'zod';
import { choice, integer, real } from '../fieldBuilders';

export const retrain = z.object({
  steps: integer(480, 0, 1_000_000, {
    label: 'Retrain steps',
    reason:
      'For the learned ranks, for the LoRA baseline and for every other method alike; 0 scores what it starts from.',
    group: 'retrain',
  }),
  batchSize: integer(16, 1, 512, {
    label: 'Batch size',
    reason: 'Examples per step.',
    group: 'retrain',
  }),
  learningRate: real(1e-3, 1e-7, 1, {
    label: 'Learning rate',
    reason: 'Of all training but the search; full finetuning wants a smaller one, such as 5e-4.',
    group: 'retrain',
    scale: 'log',
  }),
  weightDecay: real(0.01, 0, 1, {
    label: 'Weight decay',
    reason: 'AdamW, decoupled.',
    group: 'retrain',
    advanced: true,
  }),
  schedule: choice(['linear', 'constant'], 'linear', {
    label: 'Schedule',
    reason: 'linear warms up and decays to 0.',
    group: 'retrain',
    advanced: true,
  }),
  warmupFraction: real(0.06, 0, 1, {
    label: 'Warm-up share',
    reason: 'Part of the steps over which a linear schedule rises.',
    group: 'retrain',
    advanced: true,
  }),
  clipNorm: real(1, 0, 1000, {
    label: 'Gradient clip',
    reason: 'Largest global norm; 0 leaves it alone.',
    group: 'retrain',
    advanced: true,
  }),
  dropout: real(0, 0, 0.9, {
    label: 'Dropout',
    reason: "The model's own dropout while training.",
    group: 'retrain',
    advanced: true,
  }),
  scaling: choice(['lora', 'constant'], 'lora', {
    label: 'Scaling',
    reason: 'lora: lora_alpha / learned rank (as PEFT); constant: lora_alpha / k.',
    group: 'retrain',
  }),
  init: choice(['fresh', 'kept'], 'fresh', {
    label: 'Start from',
    reason: "fresh LoRA layers and head (the paper), or the search's surviving components and head.",
    group: 'retrain',
    advanced: true,
  }),
});
