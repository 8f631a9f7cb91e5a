/** ‖W + s · B A‖ of every row as a constant: DoRA (Liu et al. 2024, §4.3) sends no gradient through its norm. */
import * as tf from '@tensorflow/tfjs';
import { defineOp } from './defineOp';

/** Of a row of zeros, as a pruned checkpoint has them: its direction is 0 then, and not 0/0. */
const SMALLEST_NORM = 1e-12;

const runRowNorms = defineOp<{ weight: tf.Tensor; a: tf.Tensor; b: tf.Tensor }, { scaling: number }>({
  name: 'AutoLoraConstantRowNorms',
  reference: ({ weight, a, b }, { scaling }) =>
    tf.tidy(() => {
      const update = tf.matMul(b as tf.Tensor2D, a as tf.Tensor2D); // (out, in)
      const sum = tf.add(weight, tf.mul(update, scaling));
      return tf.maximum(tf.sqrt(tf.sum(tf.mul(sum, sum), 1)), SMALLEST_NORM);
    }),
  saves: ['weight', 'a', 'b'],
  gradient: (_dy, { weight, a, b }) => ({
    weight: () => tf.zerosLike(weight),
    a: () => tf.zerosLike(a),
    b: () => tf.zerosLike(b),
  }),
});

/**
 * ‖W + s · B A‖ of every row, above 0; its gradient is 0 by definition.
 * @param weight W, (out, in)
 * @param a (r, in)
 * @param b (out, r)
 * @returns (out)
 */
export function constantRowNorms(weight: tf.Tensor, a: tf.Tensor, b: tf.Tensor, scaling: number): tf.Tensor {
  return runRowNorms({ weight, a, b }, { scaling });
}
