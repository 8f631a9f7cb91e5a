/**
 * `sama` (Choe et al. 2023, as Betty computes it): a central difference along v preconditioned by the derivative of
 * the Adam update, lr · v ⊙ ((1−β1) β2 s − β1 (1−β2) g ⊙ m) / (√s' + ε)³ with m, s before g and s' after it, no bias
 * correction; the radius is 1 / ‖v‖ of the preconditioned v, and lr is in it, so no further η. g is the clipped one, by a factor that
 * is held constant.
 */
import * as tf from '@tensorflow/tfjs';
import { mapRecord, type TensorRecord, tensorOf } from '../../tensor/records';
import { scaled } from '../innerStep';
import type { Estimator, ImplicitTermInput } from './estimator';
import { centralDifference, radiusAlong } from './finiteDifference';

/** v as the Adam update passes it back; unchanged where the inner optimizer is SGD. */
export function samaVector({ vector, gradients: raw, adam, clip }: ImplicitTermInput): TensorRecord {
  if (!adam) return vector;
  const { state, options, learningRate } = adam;
  const { beta1, beta2, epsilon } = options;
  const gradients = scaled(raw, clip);
  const through = mapRecord(vector, (v, name) => {
    const g = tensorOf(gradients, name);
    const before = tensorOf(state.square, name);
    const after = tf.add(tf.mul(before, beta2), tf.mul(tf.mul(g, g), 1 - beta2));
    const rise = tf.mul(before, (1 - beta1) * beta2);
    const fall = tf.mul(tf.mul(g, tensorOf(state.mean, name)), beta1 * (1 - beta2));
    const deviation = tf.add(tf.sqrt(after), epsilon);
    const slope = tf.div(tf.sub(rise, fall), tf.mul(deviation, tf.mul(deviation, deviation)));
    return tf.mul(tf.mul(v, learningRate), slope);
  });
  return scaled(through, clip);
}

export const sama: Estimator = (input) => {
  const vector = samaVector(input);
  const epsilon = radiusAlong(vector, 1);
  return centralDifference(input.trainLoss, input.weights, input.beta, vector, epsilon, -1);
};
