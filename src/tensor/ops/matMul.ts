/**
 * Matrix products: `matMul` (any rank), `linear`, y = x Wᵀ + b, `affine`, y = x W + b, and `linearAdd`, y = z + x Wᵀ. On WASM a transpose flag leaves XNNPACK for naive
 * loops (10-24 times slower), so operands are transposed first; gradients recompute from inputs, so that they
 * differentiate again.
 */
import * as tf from '@tensorflow/tfjs';
import { defineOp } from './defineOp';
import { sumRows } from './sumRows';

interface MatMulAttributes {
  transposeA: boolean;
  transposeB: boolean;
}

function swapLastTwo(x: tf.Tensor): tf.Tensor {
  const order = x.shape.map((_, axis) => axis);
  const last = order.length - 1;
  [order[last - 1], order[last]] = [last, last - 1];
  return tf.transpose(x, order);
}

/**
 * a bᵀ + bias on WASM. XNNPACK packs the right-hand matrix, and a transposed one anew every time: of a wide layer and a
 * few rows it is better to compute (b aᵀ)ᵀ, which leaves the weights where they lie (20,000 outputs, 64 rows: half the time).
 */
function timesTransposed(a: tf.Tensor2D, b: tf.Tensor2D, bias?: tf.Tensor): tf.Tensor {
  const [rows, into] = a.shape;
  const out = b.shape[0];
  if (rows * (into + out) >= into * out) return tf.fused.matMul({ a, b: tf.transpose(b), bias });
  const product = tf.transpose(tf.matMul(b, tf.transpose(a)));
  return bias ? tf.add(product, bias) : product;
}

const runMatMul = defineOp<{ a: tf.Tensor; b: tf.Tensor }, MatMulAttributes>({
  name: 'AutoLoraMatMul',
  reference: ({ a, b }, { transposeA, transposeB }) => tf.matMul(a, b, transposeA, transposeB),
  wasm: ({ a, b }, { transposeA, transposeB }) =>
    a.rank === 2 && b.rank === 2
      ? tf.tidy(() => {
          const left = (transposeA ? swapLastTwo(a) : a) as tf.Tensor2D;
          return transposeB ? timesTransposed(left, b as tf.Tensor2D) : tf.matMul(left, b as tf.Tensor2D);
        })
      : tf.matMul(a, b, transposeA, transposeB),
  saves: ['a', 'b'],
  gradient: (dy, { a, b }, { transposeA, transposeB }) => ({
    a: () => (transposeA ? matMul(b, dy, transposeB, true) : matMul(dy, b, false, !transposeB)),
    b: () => (transposeB ? matMul(dy, a, true, transposeA) : matMul(a, dy, !transposeA, false)),
  }),
});

/**
 * a · b over the last two axes; leading axes must agree.
 * @param a (…, m, p), or (…, p, m) with transposeA
 * @param b (…, p, n), or (…, n, p) with transposeB
 * @returns (…, m, n)
 */
export function matMul(a: tf.Tensor, b: tf.Tensor, transposeA = false, transposeB = false): tf.Tensor {
  return runMatMul({ a, b }, { transposeA, transposeB });
}

const runLinear = defineOp<{ x: tf.Tensor; weight: tf.Tensor; bias: tf.Tensor | undefined }>({
  name: 'AutoLoraLinear',
  reference: ({ x, weight, bias }) =>
    tf.fused.matMul({ a: x as tf.Tensor2D, b: weight as tf.Tensor2D, transposeB: true, bias }),
  wasm: ({ x, weight, bias }) =>
    tf.tidy(() => timesTransposed(x as tf.Tensor2D, weight as tf.Tensor2D, bias)),
  saves: ['x', 'weight'],
  gradient: (dy, { x, weight }) => ({
    x: () => matMul(dy, weight),
    weight: () => matMul(dy, x, true, false),
    bias: () => sumRows(dy),
  }),
});

/**
 * y = x Wᵀ + b, weights as PyTorch keeps them.
 * @param x (…, in)
 * @param weight (out, in)
 * @param bias (out)
 * @returns (…, out)
 */
export function linear(x: tf.Tensor, weight: tf.Tensor, bias?: tf.Tensor): tf.Tensor {
  const [out, size] = weight.shape as [number, number];
  if (x.rank === 2) return runLinear({ x, weight, bias }, {});
  const rows = tf.reshape(x, [-1, size]); // (N, in)
  return tf.reshape(runLinear({ x: rows, weight, bias }, {}), [...x.shape.slice(0, -1), out]);
}

const runAffine = defineOp<{ x: tf.Tensor; weight: tf.Tensor; bias: tf.Tensor }>({
  name: 'AutoLoraAffine',
  reference: ({ x, weight, bias }) =>
    tf.fused.matMul({ a: x as tf.Tensor2D, b: weight as tf.Tensor2D, bias }),
  saves: ['x', 'weight'],
  gradient: (dy, { x, weight }) => ({
    x: () => matMul(dy, weight, false, true),
    weight: () => matMul(x, dy, true, false),
    bias: () => sumRows(dy),
  }),
});

/**
 * y = x W + b, weights as GPT-2's Conv1D keeps them.
 * @param x (…, in)
 * @param weight (in, out)
 * @param bias (out)
 * @returns (…, out)
 */
export function affine(x: tf.Tensor, weight: tf.Tensor, bias: tf.Tensor): tf.Tensor {
  const [size, out] = weight.shape as [number, number];
  const rows = tf.reshape(x, [-1, size]); // (N, in)
  return tf.reshape(runAffine({ x: rows, weight, bias }, {}), [...x.shape.slice(0, -1), out]);
}

const runLinearAdd = defineOp<{ x: tf.Tensor; weight: tf.Tensor; addend: tf.Tensor }>({
  name: 'AutoLoraLinearAdd',
  reference: ({ x, weight, addend }) =>
    tf.fused.matMul({ a: x as tf.Tensor2D, b: weight as tf.Tensor2D, transposeB: true, bias: addend }),
  // Its fused product takes a bias of one row alone.
  wasm: ({ x, weight, addend }) =>
    tf.tidy(() => tf.add(addend, timesTransposed(x as tf.Tensor2D, weight as tf.Tensor2D))),
  saves: ['x', 'weight'],
  gradient: (dy, { x, weight }) => ({
    x: () => matMul(dy, weight),
    weight: () => matMul(dy, x, true, false),
    addend: () => tf.clone(dy),
  }),
});

/**
 * y = z + x Wᵀ: what an adapter adds to a projection.
 * @param x (…, in)
 * @param weight (out, in)
 * @param addend z, (…, out)
 * @returns (…, out)
 */
export function linearAdd(x: tf.Tensor, weight: tf.Tensor, addend: tf.Tensor): tf.Tensor {
  const [out, size] = weight.shape as [number, number];
  const flat = { x: tf.reshape(x, [-1, size]), weight, addend: tf.reshape(addend, [-1, out]) };
  return tf.reshape(runLinearAdd(flat, {}), addend.shape);
}
