/**
 * GELU by its tanh approximation, GPT-2's activation: ½ x (1 + tanh u) = x σ(2u) with u = √(2/π) (x + 0.044715 x³).
 * Its gradient recomputes from the saved input, so that it differentiates again.
 */
import * as tf from '@tensorflow/tfjs';
import { defineOp, isDifferentiatingGradient } from './defineOp';
import { tanh } from './pointwise';
import { TABLE_LIMIT, tabulate } from './tabulate';
import { runWgsl, type WgslProgram } from './webgpu';

const SCALE = Math.sqrt(2 / Math.PI);
const CUBIC = 0.044715;

/** u, u′ and u″ at x. */
const inner = (x: number) => SCALE * (x + CUBIC * x ** 3);
const innerSlope = (x: number) => SCALE * (1 + 3 * CUBIC * x * x);
const innerCurvature = (x: number) => 6 * SCALE * CUBIC * x;

function valueAt(x: number): number {
  return 0.5 * x * (1 + Math.tanh(inner(x)));
}

function slopeAt(x: number): number {
  const t = Math.tanh(inner(x));
  return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * innerSlope(x);
}

function curvatureAt(x: number): number {
  const t = Math.tanh(inner(x));
  const slope = innerSlope(x);
  return (1 - t * t) * (slope + 0.5 * x * (innerCurvature(x) - 2 * t * slope * slope));
}

const valueTable = tabulate(valueAt, slopeAt);
const slopeTable = tabulate(slopeAt, curvatureAt);

const sigmoidSource = /* wgsl */ `
  fn shareOf(x : f32) -> f32 {
    return 1.0 / (1.0 + exp(${-2 * SCALE} * x * (1.0 + ${CUBIC} * x * x)));
  }
`;

const program: WgslProgram = {
  name: 'AutoLoraGeluNew',
  inputs: ['x'],
  per: 'element',
  source: /* wgsl */ `
    ${sigmoidSource}
    fn element(index : i32) -> f32 {
      let value = x[index];
      if (isnan(value)) { return value; }
      if (abs(value) > ${TABLE_LIMIT}) { return max(value, 0.0); }
      return value * shareOf(value);
    }
  `,
};

const gradProgram: WgslProgram = {
  name: 'AutoLoraGeluNewGrad',
  inputs: ['dy', 'x'],
  per: 'element',
  source: /* wgsl */ `
    ${sigmoidSource}
    fn element(index : i32) -> f32 {
      let value = x[index];
      if (isnan(value)) { return value; }
      if (abs(value) > ${TABLE_LIMIT}) { return select(0.0, dy[index], value > 0.0); }
      let share = shareOf(value);
      let slope = ${2 * SCALE} * (1.0 + ${3 * CUBIC} * value * value);
      return dy[index] * (share + value * share * (1.0 - share) * slope);
    }
  `,
};

/** u as a tensor. */
function innerOf(x: tf.Tensor): tf.Tensor {
  return tf.mul(SCALE, tf.add(x, tf.mul(CUBIC, tf.mul(x, tf.mul(x, x)))));
}

/** The slope at x, in ops that differentiate again. */
function slopeOf(x: tf.Tensor): tf.Tensor {
  const t = tanh(innerOf(x));
  const slope = tf.mul(SCALE, tf.add(1, tf.mul(3 * CUBIC, tf.mul(x, x))));
  const rising = tf.mul(tf.mul(x, tf.sub(1, tf.mul(t, t))), slope);
  return tf.mul(0.5, tf.add(tf.add(1, t), rising));
}

const runGrad = defineOp<{ dy: tf.Tensor; x: tf.Tensor }>({
  name: 'AutoLoraGeluNewGrad',
  reference: ({ dy, x }) => tf.tidy(() => tf.mul(dy, slopeOf(x))),
  host: {
    outputShape: ({ x }) => x.shape,
    compute: ({ dy, x }, output) => {
      for (let i = 0; i < output.values.length; i++) {
        const value = x.values[i] as number;
        // Beyond the table the slope is 0 or 1; of a NaN it is NaN.
        const slope = Math.abs(value) < TABLE_LIMIT ? slopeTable(value) : Math.min(Math.max(value, 0), 1);
        output.values[i] = (dy.values[i] as number) * slope;
      }
    },
  },
  webgpu: ({ dy, x }, _attributes, backend) => runWgsl(backend, gradProgram, [dy, x], x.shape),
});

const runGeluNew = defineOp<{ x: tf.Tensor }>({
  name: 'AutoLoraGeluNew',
  reference: ({ x }) => tf.tidy(() => tf.mul(tf.mul(0.5, x), tf.add(1, tf.tanh(innerOf(x))))),
  host: {
    outputShape: ({ x }) => x.shape,
    compute: ({ x }, output) => {
      for (let i = 0; i < output.values.length; i++) {
        const value = x.values[i] as number;
        output.values[i] = Math.abs(value) < TABLE_LIMIT ? valueTable(value) : Math.max(value, 0);
      }
    },
  },
  webgpu: ({ x }, _attributes, backend) => runWgsl(backend, program, [x], x.shape),
  saves: ['x'],
  gradient: (dy, { x }) => ({
    x: () => (isDifferentiatingGradient() ? tf.mul(dy, slopeOf(x)) : runGrad({ dy, x }, {})),
  }),
});

/** GELU by tanh, as Hugging Face's `gelu_new`. */
export const geluNew = (x: tf.Tensor): tf.Tensor => runGeluNew({ x }, {});
