/**
 * `finite-difference` and `finite-difference-forward` (DARTS, Liu et al. 2019, Eq. 8): the mixed second derivative
 * along v as a difference of first derivatives, −η (∇_β L_T(W + εv) − ∇_β L_T(W − εv)) / 2ε.
 */
import * as tf from '@tensorflow/tfjs';
import {
  addScaled,
  mapRecord,
  normOfRecord,
  type TensorRecord,
  tensorOf,
  valueAndGradients,
} from '../../tensor/records';
import type { BilevelLoss, Estimator } from './estimator';

/** ∇_β L(W, β). */
function betaGradients(loss: BilevelLoss, weights: TensorRecord, beta: TensorRecord): TensorRecord {
  return valueAndGradients(() => loss(weights, beta), { beta }).gradients.beta;
}

/** factor · (∇_β L(W + εv) − ∇_β L(W − εv)) / 2ε, with ε on the device. */
export function centralDifference(
  loss: BilevelLoss,
  weights: TensorRecord,
  beta: TensorRecord,
  vector: TensorRecord,
  epsilon: tf.Scalar,
  factor: number,
): TensorRecord {
  const above = betaGradients(loss, addScaled(weights, epsilon, vector), beta);
  const below = betaGradients(loss, addScaled(weights, tf.neg(epsilon), vector), beta);
  const scale = tf.div(factor / 2, epsilon);
  return mapRecord(above, (gradient, name) => tf.mul(tf.sub(gradient, tensorOf(below, name)), scale));
}

/** ε = radius / ‖v‖; the tiny addend keeps a zero v from dividing by zero. */
export function radiusAlong(vector: TensorRecord, radius: number): tf.Scalar {
  return tf.div(radius, tf.add(normOfRecord(vector), 1e-15));
}

export const finiteDifference: Estimator = ({ trainLoss, weights, beta, vector, scale, radius }) =>
  centralDifference(trainLoss, weights, beta, vector, radiusAlong(vector, radius), -scale);

export const finiteDifferenceForward: Estimator = (input) => {
  const { trainLoss, weights, beta, vector, scale, radius } = input;
  const epsilon = radiusAlong(vector, radius);
  const here = input.trainBetaGradients ?? betaGradients(trainLoss, weights, beta);
  const above = betaGradients(trainLoss, addScaled(weights, epsilon, vector), beta);
  const factor = tf.div(-scale, epsilon);
  return mapRecord(above, (gradient, name) => tf.mul(tf.sub(gradient, tensorOf(here, name)), factor));
};
