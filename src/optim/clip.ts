/** Clipping by global norm, as torch.nn.utils.clip_grad_norm_; stays on the device. */
import * as tf from '@tensorflow/tfjs';
import { defineOp } from '../tensor/ops/defineOp';
import { sumOfSquares } from '../tensor/ops/sumOfSquares';
import { runWgsl, type WgslProgram } from '../tensor/ops/webgpu';
import type { TensorRecord } from '../tensor/records';

const program: WgslProgram = {
  name: 'AutoLoraClipFactor',
  inputs: ['square'],
  uniforms: { limit: 'f32' },
  per: 'element',
  source: /* wgsl */ `
    fn element(index : i32) -> f32 { return min(1.0, uniforms.limit / (sqrt(square[index]) + 1e-6)); }
  `,
};

const runFactor = defineOp<{ square: tf.Tensor }, { limit: number }>({
  name: 'AutoLoraClipFactor',
  reference: ({ square }, { limit }) =>
    tf.tidy(() => tf.minimum(1, tf.div(limit, tf.add(tf.sqrt(square), 1e-6)))),
  webgpu: ({ square }, { limit }, backend) => runWgsl(backend, program, [square], square.shape, { limit }),
});

/** min(1, limit / (‖g‖ + 1e-6)), a scalar; undefined where nothing is clipped: a `limit` of 0, or no gradients. */
export function clipFactor(gradients: TensorRecord, limit: number): tf.Scalar | undefined {
  if (limit <= 0 || Object.keys(gradients).length === 0) return undefined;
  return tf.tidy(() => runFactor({ square: sumOfSquares(Object.values(gradients)) }, { limit }) as tf.Scalar);
}
