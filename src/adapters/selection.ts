/**
 * Selection variables on the device: logits β per LoRA layer and the selection weights a they stand for (paper
 * Eq. 3 and the ablations of Table 4): softmax(β), β itself, or σ(β).
 */
import * as tf from '@tensorflow/tfjs';
import type { SelectionVariant } from '../config/experiment';
import { sigmoid, softmax } from '../tensor/ops';
import { mapRecord, type TensorRecord } from '../tensor/records';
import type { LoraLayer } from './lora';

/** Uniform selection: β = 0, or 1/k where a = β. Keyed by module name, each (k). */
export function initSelection(layers: readonly LoraLayer[], variant: SelectionVariant): TensorRecord {
  return Object.fromEntries(
    layers.map(({ module, rank }) => [module, tf.fill([rank], variant === 'none' ? 1 / rank : 0)]),
  );
}

/** a from β, differentiable twice. */
export function selectionWeights(beta: TensorRecord, variant: SelectionVariant): TensorRecord {
  if (variant === 'none') return beta;
  return mapRecord(beta, variant === 'softmax' ? softmax : sigmoid);
}
