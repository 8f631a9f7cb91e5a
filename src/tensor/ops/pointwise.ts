/**
 * exp, tanh, sigmoid and exact GELU whose gradients recompute from the saved input wherever they are differentiated
 * again: tfjs's own save the output and lose the second derivative.
 */
import * as tf from '@tensorflow/tfjs';
import { defineOp, isDifferentiatingGradient } from './defineOp';
import { geluGradProgram, geluProgram, tanhGradProgram } from './pointwise.wgsl';
import { TABLE_LIMIT, tabulate } from './tabulate';
import { runWgsl } from './webgpu';

const runExp = defineOp<{ x: tf.Tensor }>({
  name: 'AutoLoraExp',
  reference: ({ x }) => tf.exp(x),
  saves: ['x'],
  savesOutput: true,
  gradient: (dy, { x }, _attributes, output) => ({
    x: () => tf.mul(dy, isDifferentiatingGradient() ? exp(x) : output),
  }),
});

/** eˣ */
export const exp = (x: tf.Tensor): tf.Tensor => runExp({ x }, {});

const runTanhGrad = defineOp<{ dy: tf.Tensor; y: tf.Tensor }>({
  name: 'AutoLoraTanhGrad',
  reference: ({ dy, y }) => tf.tidy(() => tanhBackward(dy, y)),
  host: {
    outputShape: ({ y }) => y.shape,
    compute: ({ dy, y }, output) => {
      for (let i = 0; i < output.values.length; i++) {
        output.values[i] = (dy.values[i] as number) * (1 - (y.values[i] as number) ** 2);
      }
    },
  },
  webgpu: ({ dy, y }, _attributes, backend) => runWgsl(backend, tanhGradProgram, [dy, y], y.shape),
});

/** dy (1 − y²), in ops that differentiate again. */
const tanhBackward = (dy: tf.Tensor, y: tf.Tensor) => tf.sub(dy, tf.mul(dy, tf.mul(y, y)));

const runTanh = defineOp<{ x: tf.Tensor }>({
  name: 'AutoLoraTanh',
  reference: ({ x }) => tf.tanh(x),
  saves: ['x'],
  savesOutput: true,
  gradient: (dy, { x }, _attributes, output) => ({
    x: () => (isDifferentiatingGradient() ? tanhBackward(dy, tanh(x)) : runTanhGrad({ dy, y: output }, {})),
  }),
});

/** tanh x */
export const tanh = (x: tf.Tensor): tf.Tensor => runTanh({ x }, {});

const runSigmoid = defineOp<{ x: tf.Tensor }>({
  name: 'AutoLoraSigmoid',
  reference: ({ x }) => tf.sigmoid(x),
  saves: ['x'],
  savesOutput: true,
  gradient: (dy, { x }, _attributes, output) => ({
    x: () => {
      const y = isDifferentiatingGradient() ? sigmoid(x) : output;
      return tf.mul(dy, tf.sub(y, tf.mul(y, y)));
    },
  }),
});

/** σ(x) = 1 / (1 + e⁻ˣ) */
export const sigmoid = (x: tf.Tensor): tf.Tensor => runSigmoid({ x }, {});

const INVERSE_SQRT_2 = Math.SQRT1_2;
const INVERSE_SQRT_2PI = 1 / Math.sqrt(2 * Math.PI);

/** Φ(x) from its series, in double precision. */
function normalCdf(x: number): number {
  let term = Math.abs(x);
  let sum = term;
  for (let n = 1; term > 1e-18 * sum; n++) {
    term *= (x * x) / (2 * n + 1);
    sum += term;
  }
  const upper = 0.5 + sum * INVERSE_SQRT_2PI * Math.exp(-0.5 * x * x);
  return x >= 0 ? upper : 1 - upper;
}

const density = (x: number) => INVERSE_SQRT_2PI * Math.exp(-0.5 * x * x);
const slopeOfGelu = (x: number) => normalCdf(x) + x * density(x);
const geluTable = tabulate((x) => x * normalCdf(x), slopeOfGelu);
const geluSlopeTable = tabulate(slopeOfGelu, (x) => density(x) * (2 - x * x));

const runGeluGrad = defineOp<{ dy: tf.Tensor; x: tf.Tensor }>({
  name: 'AutoLoraGeluGrad',
  reference: ({ dy, x }) => tf.tidy(() => tf.mul(dy, geluSlope(x))),
  host: {
    outputShape: ({ x }) => x.shape,
    compute: ({ dy, x }, output) => {
      for (let i = 0; i < output.values.length; i++) {
        const value = x.values[i] as number;
        const slope =
          value > -TABLE_LIMIT && value < TABLE_LIMIT
            ? geluSlopeTable(value)
            : value < 0
              ? 0
              : value > 0
                ? 1
                : Number.NaN;
        output.values[i] = (dy.values[i] as number) * slope;
      }
    },
  },
  webgpu: ({ dy, x }, _attributes, backend) => runWgsl(backend, geluGradProgram, [dy, x], x.shape),
});

/** Φ(x) + x φ(x), in ops that differentiate again. */
function geluSlope(x: tf.Tensor): tf.Tensor {
  const cdf = tf.mul(0.5, tf.add(1, tf.erf(tf.mul(x, INVERSE_SQRT_2))));
  const density = tf.mul(INVERSE_SQRT_2PI, exp(tf.mul(-0.5, tf.mul(x, x))));
  return tf.add(cdf, tf.mul(x, density));
}

const runGelu = defineOp<{ x: tf.Tensor }>({
  name: 'AutoLoraGelu',
  reference: ({ x }) => tf.tidy(() => tf.mul(x, tf.mul(0.5, tf.add(1, tf.erf(tf.mul(x, INVERSE_SQRT_2)))))),
  host: {
    outputShape: ({ x }) => x.shape,
    compute: ({ x }, output) => {
      for (let i = 0; i < output.values.length; i++) {
        const value = x.values[i] as number;
        // Math.max hands a NaN on: it must not pass for a number.
        output.values[i] = Math.abs(value) < TABLE_LIMIT ? geluTable(value) : Math.max(value, 0);
      }
    },
  },
  webgpu: ({ x }, _attributes, backend) => runWgsl(backend, geluProgram, [x], x.shape),
  saves: ['x'],
  gradient: (dy, { x }) => ({
    x: () => (isDifferentiatingGradient() ? tf.mul(dy, geluSlope(x)) : runGeluGrad({ dy, x }, {})),
  }),
});

/** Exact GELU, x Φ(x), as Hugging Face's `gelu`. */
export const gelu = (x: tf.Tensor): tf.Tensor => runGelu({ x }, {});
