/**
 * Products of a matrix with one number per column, and of two matrices summed down each column: each the other's
 * gradient, so both differentiate again.
 */
import * as tf from '@tensorflow/tfjs';
import { defineOp } from './defineOp';
import { runWgsl, type WgslProgram } from './webgpu';

const scaleProgram: WgslProgram = {
  name: 'AutoLoraScaleColumns',
  inputs: ['x', 'scale'],
  uniforms: { width: 'i32', factor: 'f32' },
  per: 'element',
  source: /* wgsl */ `
    fn element(index : i32) -> f32 { return x[index] * (uniforms.factor * scale[index % uniforms.width]); }
  `,
};

const productProgram: WgslProgram = {
  name: 'AutoLoraColumnProducts',
  inputs: ['x', 'y'],
  uniforms: { rows: 'i32', width: 'i32', factor: 'f32' },
  per: 'group',
  source: /* wgsl */ `
    fn group(at : i32, thread : i32) {
      var share = 0.0;
      for (var row = thread; row < uniforms.rows; row += threads) {
        let index = row * uniforms.width + at;
        share += x[index] * y[index];
      }
      let total = sumOverGroup(share);
      if (thread == 0) { result[at] = uniforms.factor * total; }
    }
  `,
};

const runScaleColumns = defineOp<{ x: tf.Tensor; scale: tf.Tensor }, { factor: number }>({
  name: 'AutoLoraScaleColumns',
  reference: ({ x, scale }, { factor }) => tf.tidy(() => tf.mul(x, tf.mul(scale, factor))),
  host: {
    outputShape: ({ x }) => x.shape,
    compute: ({ x, scale }, output, { factor }) => {
      const width = scale.values.length;
      for (let i = 0; i < output.values.length; i++) {
        output.values[i] = (x.values[i] as number) * factor * (scale.values[i % width] as number);
      }
    },
  },
  webgpu: ({ x, scale }, { factor }, backend) =>
    runWgsl(backend, scaleProgram, [x, scale], x.shape, { width: scale.size, factor }),
  saves: ['x', 'scale'],
  gradient: (dy, { x, scale }, { factor }) => ({
    x: () => scaleColumns(dy, scale, factor),
    scale: () => columnProducts(dy, x, factor),
  }),
});

/** x ⊙ (factor · scale). @param x (N, D) @param scale (D) */
export function scaleColumns(x: tf.Tensor, scale: tf.Tensor, factor = 1): tf.Tensor {
  return runScaleColumns({ x, scale }, { factor });
}

const runColumnProducts = defineOp<{ x: tf.Tensor; y: tf.Tensor }, { factor: number }>({
  name: 'AutoLoraColumnProducts',
  reference: ({ x, y }, { factor }) => tf.tidy(() => tf.mul(tf.sum(tf.mul(x, y), 0), factor)),
  host: {
    outputShape: ({ x }) => [x.shape[1] as number],
    compute: ({ x, y }, output, { factor }) => {
      const width = output.values.length;
      const total = output.values.fill(0);
      for (let i = 0; i < x.values.length; i++) {
        const product = (x.values[i] as number) * (y.values[i] as number);
        total[i % width] = (total[i % width] as number) + factor * product;
      }
    },
  },
  webgpu: ({ x, y }, { factor }, backend) => {
    const [rows, width] = x.shape as [number, number];
    return runWgsl(backend, productProgram, [x, y], [width], { rows, width, factor }, width);
  },
  saves: ['x', 'y'],
  gradient: (dy, { x, y }, { factor }) => ({
    x: () => scaleColumns(y, dy, factor),
    y: () => scaleColumns(x, dy, factor),
  }),
});

/** factor · Σ over rows of x ⊙ y. @param x, y (N, D) @returns (D) */
export function columnProducts(x: tf.Tensor, y: tf.Tensor, factor = 1): tf.Tensor {
  return runColumnProducts({ x, y }, { factor });
}
