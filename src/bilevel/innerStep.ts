/**
 * The unrolled inner step W' = U(W, g) (paper Eq. 4) and the product of its Jacobian with a vector, which the exact
 * hypergradient needs: plain gradient descent, or the optimizer's own AdamW step.
 */
import * as tf from '@tensorflow/tfjs';
import { type AdamOptions, type AdamState, adamJacobianProduct, adamUpdate } from '../optim/adamw';
import { addScaled, mapRecord, type TensorRecord } from '../tensor/records';

export interface InnerStep {
  /** W' = U(W, g). */
  apply(weights: TensorRecord, gradients: TensorRecord): TensorRecord;
  /** (∂U/∂g)ᵀ v, at g. */
  pullBack(gradients: TensorRecord, vector: TensorRecord): TensorRecord;
}

/** W' = W − η g. */
export function sgdInnerStep(eta: number): InnerStep {
  return {
    apply: (weights, gradients) => addScaled(weights, tf.scalar(-eta), gradients),
    pullBack: (_gradients, vector) => mapRecord(vector, (v) => tf.mul(v, -eta)),
  };
}

/** The AdamW step that training itself would take from `state`. */
export function adamInnerStep(state: AdamState, learningRate: number, options: AdamOptions): InnerStep {
  return {
    apply: (weights, gradients) => adamUpdate(weights, gradients, state, learningRate, options).weights,
    pullBack: (gradients, vector) => adamJacobianProduct(gradients, vector, state, learningRate, options),
  };
}
