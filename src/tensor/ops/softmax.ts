/** Softmax over the last axis; its gradient differentiates again. */
import * as tf from '@tensorflow/tfjs';
import { defineOp, isDifferentiatingGradient } from './defineOp';
import { runWgsl, type WgslProgram } from './webgpu';

const program: WgslProgram = {
  name: 'AutoLoraSoftmax',
  inputs: ['x'],
  uniforms: { width: 'i32' },
  per: 'group',
  source: /* wgsl */ `
    fn group(at : i32, thread : i32) {
      let start = at * uniforms.width;
      let end = start + uniforms.width;
      var largest = x[start];
      for (var i = start + thread; i < end; i += threads) { largest = max(largest, x[i]); }
      largest = maxOverGroup(largest);
      var share = 0.0;
      for (var i = start + thread; i < end; i += threads) {
        share += exp(x[i] - largest);
      }
      let total = sumOverGroup(share);
      for (var i = start + thread; i < end; i += threads) { result[i] = exp(x[i] - largest) / total; }
    }
  `,
};

const gradProgram: WgslProgram = {
  name: 'AutoLoraSoftmaxGrad',
  inputs: ['dy', 'y'],
  uniforms: { width: 'i32' },
  per: 'group',
  source: /* wgsl */ `
    fn group(at : i32, thread : i32) {
      let start = at * uniforms.width;
      let end = start + uniforms.width;
      var share = 0.0;
      for (var i = start + thread; i < end; i += threads) { share += dy[i] * y[i]; }
      let inner = sumOverGroup(share);
      for (var i = start + thread; i < end; i += threads) { result[i] = (dy[i] - inner) * y[i]; }
    }
  `,
};

const runSoftmaxGrad = defineOp<{ dy: tf.Tensor; y: tf.Tensor }>({
  name: 'AutoLoraSoftmaxGrad',
  reference: ({ dy, y }) => tf.tidy(() => softmaxBackward(dy, y)),
  host: {
    outputShape: ({ y }) => y.shape,
    compute: ({ dy, y }, output) => {
      const width = y.shape[y.shape.length - 1] as number;
      for (let row = 0; row < y.values.length; row += width) {
        let dot = 0;
        for (let i = row; i < row + width; i++) dot += (dy.values[i] as number) * (y.values[i] as number);
        for (let i = row; i < row + width; i++) {
          output.values[i] = ((dy.values[i] as number) - dot) * (y.values[i] as number);
        }
      }
    },
  },
  webgpu: ({ dy, y }, _attributes, backend) => {
    const width = y.shape[y.rank - 1] as number;
    return runWgsl(backend, gradProgram, [dy, y], y.shape, { width }, y.size / width);
  },
});

function softmaxBackward(dy: tf.Tensor, y: tf.Tensor): tf.Tensor {
  return tf.mul(tf.sub(dy, tf.sum(tf.mul(dy, y), -1, true)), y);
}

const runSoftmax = defineOp<{ x: tf.Tensor }>({
  name: 'AutoLoraSoftmax',
  reference: ({ x }) => tf.softmax(x),
  wasm: ({ x }) => tf.softmax(x), // XNNPACK's, four times as fast as the loop below
  host: {
    outputShape: ({ x }) => x.shape,
    compute: ({ x }, output) => {
      const width = x.shape[x.shape.length - 1] as number;
      for (let row = 0; row < x.values.length; row += width) {
        let largest = -Infinity;
        for (let i = row; i < row + width; i++) largest = Math.max(largest, x.values[i] as number);
        let total = 0;
        for (let i = row; i < row + width; i++) {
          const value = Math.exp((x.values[i] as number) - largest);
          output.values[i] = value;
          total += value;
        }
        for (let i = row; i < row + width; i++) output.values[i] = (output.values[i] as number) / total;
      }
    },
  },
  webgpu: ({ x }, _attributes, backend) => {
    const width = x.shape[x.rank - 1] as number;
    return runWgsl(backend, program, [x], x.shape, { width }, x.size / width);
  },
  saves: ['x'],
  savesOutput: true,
  gradient: (dy, { x }, _attributes, output) => ({
    x: () =>
      isDifferentiatingGradient() ? softmaxBackward(dy, softmax(x)) : runSoftmaxGrad({ dy, y: output }, {}),
  }),
});

/** softmax(x) over the last axis. @param x (…, D) @returns (…, D) */
export const softmax = (x: tf.Tensor): tf.Tensor => runSoftmax({ x }, {});
