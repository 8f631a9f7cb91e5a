/**
 * The unrolled inner step W' = U(W, g) (paper Eq. 4) and the product of its Jacobian with a vector, which the exact
 * hypergradient needs: plain gradient descent, or the optimizer's own AdamW step.
 */
import * as tf from '@tensorflow/tfjs';
import { type AdamOptions, type AdamState, adamJacobianProduct, adamUpdate } from '../optim/adamw';
import { addScaled, mapRecord, type TensorRecord } from '../tensor/records';

/** The inner optimizer as it stands before the step: needed by `unroll: optimizer` and by `sama`. */
export interface InnerAdam {
  state: AdamState;
  options: AdamOptions;
  learningRate: number;
  /** Global norm at which it clips g; 0 or absent for never. */
  clipNorm?: number;
}

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

/**
 * The AdamW step that training itself would take from `state`.
 * @param scale what training multiplies g by (clipping), held constant by the Jacobian; a scalar
 */
export function adamInnerStep(
  { state, learningRate, options }: Omit<InnerAdam, 'clipNorm'>,
  scale?: tf.Scalar,
): InnerStep {
  return {
    apply: (weights, gradients) =>
      adamUpdate(weights, gradients, state, learningRate, options, scale).weights,
    pullBack(gradients, vector) {
      const taken = scaled(gradients, scale);
      return scaled(adamJacobianProduct(taken, vector, state, learningRate, options), scale);
    },
  };
}

/** The record times a scalar; itself without one. */
export const scaled = (record: TensorRecord, scale: tf.Scalar | undefined): TensorRecord =>
  scale ? mapRecord(record, (tensor) => tf.mul(tensor, scale)) : record;
