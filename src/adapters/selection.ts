/**
 * Selection variables on the device: logits β per LoRA layer and the selection weights a they stand for (paper
 * Eq. 3 and the ablations of Table 4): softmax(β), β itself, or σ(β).
 */
import * as tf from '@tensorflow/tfjs';
import type { SelectionVariant } from '../config/experiment';
import { sigmoid, softmax } from '../tensor/ops';
import { mapRecord, type TensorRecord } from '../tensor/records';
import type { LoraLayer } from './lora';

/**
 * Uniform selection, keyed by module name, each (k): β constant, or 1/k where a = β.
 * @param start the constant; the released code starts at 1, which its raw-mean rule needs
 */
export function initSelection(
  layers: readonly LoraLayer[],
  variant: SelectionVariant,
  start = 0,
): TensorRecord {
  return Object.fromEntries(
    layers.map(({ module, rank }) => [module, tf.fill([rank], variant === 'none' ? 1 / rank : start)]),
  );
}

/** a from β, differentiable twice. */
export function selectionWeights(beta: TensorRecord, variant: SelectionVariant): TensorRecord {
  if (variant === 'none') return beta;
  return mapRecord(beta, variant === 'softmax' ? softmax : sigmoid);
}
