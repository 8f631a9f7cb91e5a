/** What every estimator of the implicit term gets and gives; see docs/method.md, “One bilevel iteration”. */
import type * as tf from '@tensorflow/tfjs';
import type { TensorRecord } from '../../tensor/records';
import type { InnerAdam, InnerStep } from '../innerStep';

/** A loss on one fixed batch with one fixed dropout key: the same numbers whenever it is called with the same W, β. */
export type BilevelLoss = (weights: TensorRecord, beta: TensorRecord) => tf.Scalar;

export interface ImplicitTermInput {
  trainLoss: BilevelLoss;
  /** The point to perturb or differentiate around: W (`pre-step`) or W' (`post-step`). */
  weights: TensorRecord;
  beta: TensorRecord;
  /** v = ∇_W L_V(W', β). */
  vector: TensorRecord;
  /** g = ∇_W L_T(W, β). */
  gradients: TensorRecord;
  /** ∇_β L_T at `weights`, where it came free with g; else absent. */
  trainBetaGradients: TensorRecord | undefined;
  innerStep: InnerStep;
  /** Factor of finite differences: η, or 1 with `implicitScale: unit`. */
  scale: number;
  /** ε = radius / ‖v‖. */
  radius: number;
  /** Moments before g and Adam's settings, for `sama`; absent when the inner optimizer is SGD. */
  adam: InnerAdam | undefined;
  /** What the optimizer multiplies g by; undefined where it clips nothing. */
  clip?: tf.Scalar;
}

/** The implicit term by module, in the sense total = direct + implicit. Runs inside a `tf.tidy`. */
export type Estimator = (input: ImplicitTermInput) => TensorRecord;
