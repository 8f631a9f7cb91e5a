/**
 * exp, tanh, sigmoid and exact GELU whose gradients recompute from the saved input wherever they are differentiated
 * again: tfjs's own save the output and lose the second derivative.
 */
import * as tf from '@tensorflow/tfjs';
import { defineOp, isDifferentiatingGradient } from './defineOp';

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

const runTanh = defineOp<{ x: tf.Tensor }>({
  name: 'AutoLoraTanh',
  reference: ({ x }) => tf.tanh(x),
  saves: ['x'],
  savesOutput: true,
  gradient: (dy, { x }, _attributes, output) => ({
    x: () => {
      const y = isDifferentiatingGradient() ? tanh(x) : output;
      return tf.sub(dy, tf.mul(dy, tf.mul(y, y)));
    },
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

/**
 * erfc-based Φ(x) with a relative error below 1.2e-7 (Numerical Recipes' Chebyshev fit): about float32's own.
 */
function normalCdf(x: number): number {
  const z = Math.abs(x) * INVERSE_SQRT_2;
  const t = 1 / (1 + 0.5 * z);
  const series =
    -1.26551223 +
    t *
      (1.00002368 +
        t *
          (0.37409196 +
            t *
              (0.09678418 +
                t *
                  (-0.18628806 +
                    t *
                      (0.27886807 +
                        t * (-1.13520398 + t * (1.48851587 + t * (-0.82215223 + t * 0.17087277))))))));
  const half = 0.5 * t * Math.exp(-z * z + series);
  return x >= 0 ? 1 - half : half;
}

const runGeluGrad = defineOp<{ dy: tf.Tensor; x: tf.Tensor }>({
  name: 'AutoLoraGeluGrad',
  reference: ({ dy, x }) => tf.tidy(() => tf.mul(dy, geluSlope(x))),
  host: {
    outputShape: ({ x }) => x.shape,
    compute: ({ dy, x }, output) => {
      for (let i = 0; i < output.values.length; i++) {
        const value = x.values[i] as number;
        const slope = normalCdf(value) + value * INVERSE_SQRT_2PI * Math.exp(-0.5 * value * value);
        output.values[i] = (dy.values[i] as number) * slope;
      }
    },
  },
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
        output.values[i] = value * normalCdf(value);
      }
    },
  },
  saves: ['x'],
  gradient: (dy, { x }) => ({
    x: () => (isDifferentiatingGradient() ? tf.mul(dy, geluSlope(x)) : runGeluGrad({ dy, x }, {})),
  }),
});

/** Exact GELU, x Φ(x), as Hugging Face's `gelu`. */
export const gelu = (x: tf.Tensor): tf.Tensor => runGelu({ x }, {});
