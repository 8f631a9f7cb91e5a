/** x + s · y with s a scalar on the device. */
import * as tf from '@tensorflow/tfjs';
import { defineOp } from './defineOp';
import { runWgsl, type WgslProgram } from './webgpu';

const program: WgslProgram = {
  name: 'AutoLoraAddScaled',
  inputs: ['x', 'y', 'factor'],
  per: 'element',
  source: /* wgsl */ `
    fn element(index : i32) -> f32 { return x[index] + factor[0] * y[index]; }
  `,
};

const runAddScaled = defineOp<{ x: tf.Tensor; y: tf.Tensor; factor: tf.Tensor }>({
  name: 'AutoLoraAddScaled',
  reference: ({ x, y, factor }) => tf.tidy(() => tf.add(x, tf.mul(factor, y))),
  host: {
    outputShape: ({ x }) => x.shape,
    compute: ({ x, y, factor }, output) => {
      const scale = factor.values[0] as number;
      for (let i = 0; i < output.values.length; i++) {
        output.values[i] = (x.values[i] as number) + scale * (y.values[i] as number);
      }
    },
  },
  webgpu: ({ x, y, factor }, _attributes, backend) => runWgsl(backend, program, [x, y, factor], x.shape),
  saves: ['y', 'factor'],
  gradient: (dy, { y, factor }) => ({
    x: () => tf.clone(dy),
    y: () => tf.mul(factor, dy),
    factor: () => tf.sum(tf.mul(dy, y)),
  }),
});

/** x + factor · y. @param x, y of one shape */
export function addScaled(x: tf.Tensor, factor: tf.Scalar, y: tf.Tensor): tf.Tensor {
  return runAddScaled({ x, y, factor }, {});
}
