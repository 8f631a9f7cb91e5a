/**
 * Every op, on every backend Node has: its kernel against its reference, its gradient against central differences,
 * and the gradient of its gradient against central differences of the gradient.
 */
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { RandomStream } from '../../random/stream';
import { expectClose, NODE_BACKENDS, relativeError, switchBackend } from '../../testing/backends';
import { definedOps } from './defineOp';
import {
  attention,
  crossEntropy,
  dropout,
  embedding,
  exp,
  gelu,
  layerNorm,
  linear,
  matMul,
  sigmoid,
  softmax,
  sumRows,
  tanh,
} from './index';
import '../../optim/adamw';

const random = (seed: number, shape: number[], scale = 1) =>
  tf.tensor(
    RandomStream.of(seed, 'data').fillNormal(
      shape.reduce((a, b) => a * b, 1),
      scale,
    ),
    shape,
  );

/** A differentiable op as a function of its first argument, at a point. */
interface Case {
  name: string;
  shape: number[];
  run(x: tf.Tensor): tf.Tensor;
}

const mask = () => tf.tensor4d([0, 0, 0, 0, 0, -1e9], [2, 1, 1, 3]);
const labels = () => tf.tensor1d([2, -100, 0, 1], 'int32');
const ids = () => tf.tensor2d([0, 3, 3, 1, 2, 0], [2, 3], 'int32');

const cases: Case[] = [
  { name: 'exp', shape: [3, 4], run: exp },
  { name: 'tanh', shape: [3, 4], run: tanh },
  { name: 'sigmoid', shape: [3, 4], run: sigmoid },
  { name: 'gelu', shape: [3, 5], run: gelu },
  { name: 'softmax', shape: [3, 5], run: softmax },
  { name: 'sumRows', shape: [2, 3, 4], run: sumRows },
  { name: 'matMul a', shape: [3, 4], run: (x) => matMul(x, random(2, [4, 5])) },
  { name: 'matMul b', shape: [4, 5], run: (x) => matMul(random(2, [3, 4]), x) },
  { name: 'matMul aᵀ', shape: [4, 3], run: (x) => matMul(x, random(2, [4, 5]), true, false) },
  { name: 'matMul bᵀ', shape: [5, 4], run: (x) => matMul(random(2, [3, 4]), x, false, true) },
  { name: 'matMul aᵀ bᵀ', shape: [4, 3], run: (x) => matMul(x, random(2, [5, 4]), true, true) },
  { name: 'matMul x·xᵀ', shape: [3, 4], run: (x) => matMul(x, x, false, true) },
  { name: 'matMul batched', shape: [2, 3, 4], run: (x) => matMul(x, random(2, [2, 4, 5])) },
  { name: 'matMul batched xᵀ·x', shape: [2, 4, 3], run: (x) => matMul(x, x, true, false) },
  { name: 'linear x', shape: [2, 3, 4], run: (x) => linear(x, random(2, [5, 4]), random(3, [5])) },
  { name: 'linear weight', shape: [5, 4], run: (w) => linear(random(2, [2, 3, 4]), w, random(3, [5])) },
  { name: 'linear bias', shape: [5], run: (b) => linear(random(2, [2, 3, 4]), random(3, [5, 4]), b) },
  { name: 'linear x·(x)ᵀ', shape: [3, 3], run: (x) => linear(x, x) },
  { name: 'layerNorm x', shape: [3, 6], run: (x) => layerNorm(x, random(2, [6]), random(3, [6]), 1e-5) },
  { name: 'layerNorm weight', shape: [6], run: (w) => layerNorm(random(2, [3, 6]), w, random(3, [6]), 1e-5) },
  { name: 'layerNorm bias', shape: [6], run: (b) => layerNorm(random(2, [3, 6]), random(3, [6]), b, 1e-5) },
  { name: 'dropout', shape: [4, 6], run: (x) => dropout(tf.mul(x, x), 0.3, 77) },
  { name: 'embedding', shape: [4, 3], run: (t) => embedding(tf.mul(t, t), ids()) },
  { name: 'crossEntropy', shape: [4, 3], run: (x) => crossEntropy(x, labels()) },
  ...(['query', 'key', 'value'] as const).map((role, index) => ({
    name: `attention ${role}`,
    shape: [2, 3, 4],
    run: (x: tf.Tensor) => {
      const inputs = [random(4, [2, 3, 4]), random(5, [2, 3, 4]), random(6, [2, 3, 4])];
      inputs[index] = x;
      const [q, k, v] = inputs as [tf.Tensor, tf.Tensor, tf.Tensor];
      return attention(q, k, v, mask(), { heads: 2, dropoutRate: 0.25, dropoutKey: 9 });
    },
  })),
  {
    name: 'attention of itself',
    shape: [2, 3, 4],
    run: (x) => attention(x, x, x, mask(), { heads: 2 }),
  },
  {
    name: 'attention of the first query',
    shape: [2, 1, 4],
    run: (x) => attention(x, random(5, [2, 3, 4]), random(6, [2, 3, 4]), mask(), { heads: 2 }),
  },
];

/** ∂/∂x_i of a scalar function, by central differences around `x`. */
function centralDifferences(
  x: Float32Array,
  shape: number[],
  f: (x: tf.Tensor) => number,
  step: number,
): number[] {
  return [...x.keys()].map((i) => {
    const at = (offset: number) => {
      const moved = x.slice();
      moved[i] = (moved[i] as number) + offset;
      return f(tf.tensor(moved, shape));
    };
    return (at(step) - at(-step)) / (2 * step);
  });
}

const numberOf = (t: tf.Tensor) => t.dataSync()[0] as number;
/** Σ w y²: its gradient depends on y, so that linear ops are held to a second derivative too. */
const weighted = (y: tf.Tensor, seed: number) =>
  tf.sum(tf.mul(tf.mul(y, y), random(seed, y.shape))) as tf.Scalar;

describe.each(NODE_BACKENDS)('ops on %s', (backend) => {
  it.each(cases)('$name: first and second derivative', async ({ shape, run }) => {
    await switchBackend(backend);
    tf.tidy(() => {
      const x = random(1, shape, 0.7);
      const values = x.dataSync() as Float32Array;
      const first = (at: tf.Tensor) => tf.grad((t) => weighted(run(t), 11))(at);
      const expected = centralDifferences(values, shape, (t) => numberOf(weighted(run(t), 11)), 4e-3);
      expectClose(first(x).dataSync(), expected, 2e-3);

      // Differentiating the gradient takes other paths than computing it: both must give the same gradient …
      let nested: tf.Tensor | undefined;
      const second = tf.grad((t) => {
        nested = tf.keep(tf.grad((u) => weighted(run(u), 11))(t));
        return weighted(nested, 12);
      })(x);
      expectClose((nested as tf.Tensor).dataSync(), first(x).dataSync(), 1e-5);
      (nested as tf.Tensor).dispose();
      // … and its derivative must be that of the gradient.
      const curved = centralDifferences(values, shape, (t) => numberOf(weighted(first(t), 12)), 4e-3);
      const error = relativeError(second.dataSync(), curved, 1e-2);
      expect(error).toBeLessThanOrEqual(4e-3);
    });
  });
});

/** Inputs of every op that has a kernel of its own. */
const kernelInputs: Record<string, () => { inputs: tf.NamedTensorMap; attributes?: object }> = {
  AutoLoraMatMul: () => ({
    inputs: { a: random(1, [7, 5]), b: random(2, [9, 7]) },
    attributes: { transposeA: true, transposeB: true },
  }),
  AutoLoraLinear: () => ({
    inputs: { x: random(1, [6, 5]), weight: random(2, [4, 5]), bias: random(3, [4]) },
  }),
  AutoLoraSumRows: () => ({ inputs: { x: random(1, [3, 4, 5]) }, attributes: { shape: [3, 4, 5] } }),
  AutoLoraExp: () => ({ inputs: { x: random(1, [9]) } }),
  AutoLoraTanh: () => ({ inputs: { x: random(1, [9]) } }),
  AutoLoraSigmoid: () => ({ inputs: { x: random(1, [9]) } }),
  AutoLoraGelu: () => ({ inputs: { x: random(1, [40], 4) } }),
  AutoLoraGeluGrad: () => ({ inputs: { dy: random(2, [40]), x: random(1, [40], 4) } }),
  AutoLoraSoftmax: () => ({ inputs: { x: random(1, [3, 7]) } }),
  AutoLoraSoftmaxGrad: () => ({ inputs: { dy: random(1, [3, 7]), y: tf.softmax(random(2, [3, 7])) } }),
  AutoLoraLayerNorm: () => ({
    inputs: { x: random(1, [3, 7]), weight: random(2, [7]), bias: random(3, [7]) },
    attributes: { epsilon: 1e-5 },
  }),
  AutoLoraLayerNormGrad: () => ({
    inputs: { dy: random(4, [3, 7]), x: random(1, [3, 7]), weight: random(2, [7]) },
    attributes: { epsilon: 1e-5 },
  }),
  AutoLoraDropout: () => ({ inputs: { x: random(1, [50]) }, attributes: { rate: 0.4, key: 123456789 } }),
  AutoLoraEmbedding: () => ({
    inputs: { table: random(1, [4, 3]), ids: ids() },
    attributes: { rows: 4, paddingIndex: -1 },
  }),
  AutoLoraScatterRows: () => ({
    inputs: { dy: random(1, [2, 3, 5]), ids: ids() },
    attributes: { rows: 4, paddingIndex: 3 },
  }),
  AutoLoraCrossEntropy: () => ({ inputs: { logits: random(1, [4, 3]), labels: labels() } }),
  AutoLoraCrossEntropyGrad: () => ({
    inputs: { dy: tf.scalar(0.7), logits: random(1, [4, 3]), labels: labels() },
  }),
  AutoLoraAttention: () => ({
    inputs: {
      query: random(1, [2, 3, 4]),
      key: random(2, [2, 3, 4]),
      value: random(3, [2, 3, 4]),
      mask: mask(),
    },
    attributes: { heads: 2, dropoutRate: 0, dropoutKey: 0 },
  }),
  AutoLoraAdamMean: () => ({
    inputs: { mean: random(1, [9]), gradient: random(2, [9]) },
    attributes: { decay: 0.9 },
  }),
  AutoLoraAdamSquare: () => ({
    inputs: { square: tf.abs(random(1, [9])), gradient: random(2, [9]) },
    attributes: { decay: 0.999 },
  }),
  AutoLoraAdamParameter: () => ({
    inputs: { weight: random(1, [9]), mean: random(2, [9]), square: tf.abs(random(3, [9])) },
    attributes: { learningRate: 0.01, weightDecay: 0.1, epsilon: 1e-8, correction1: 0.1, correction2: 0.001 },
  }),
};

describe('kernels', () => {
  it('are all compared', () => {
    expect(Object.keys(kernelInputs).sort()).toEqual([...definedOps.keys()].sort());
  });

  it.each(Object.keys(kernelInputs))('%s: wasm and cpu equal the reference in tfjs ops', async (name) => {
    const results: Record<string, ArrayLike<number>> = {};
    for (const backend of NODE_BACKENDS) {
      await switchBackend(backend);
      tf.tidy(() => {
        const { inputs, attributes = {} } = (kernelInputs[name] as (typeof kernelInputs)[string])();
        const output = tf.engine().runKernel(name, inputs, attributes as tf.NamedAttrMap) as tf.Tensor;
        results[backend] = output.dataSync();
        if (backend !== 'cpu') return;
        const reference = definedOps.get(name)?.reference(inputs, attributes) as tf.Tensor;
        expect(output.shape).toEqual(reference.shape);
        results.reference = reference.dataSync();
      });
    }
    const { cpu = [], wasm = [], reference = [] } = results;
    expectClose(cpu, reference, 2e-6);
    expectClose(wasm, reference, 2e-6);
  });

  it('pass a NaN on', async () => {
    for (const backend of NODE_BACKENDS) {
      await switchBackend(backend);
      tf.tidy(() => {
        const bad = tf.tensor1d([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]);
        expect(gelu(bad).dataSync()).toEqual(new Float32Array([Number.NaN, Number.POSITIVE_INFINITY, 0]));
        expect(tf.grad(gelu)(bad).dataSync()).toEqual(new Float32Array([Number.NaN, 1, 0]));
      });
    }
  });
});

describe('embedding', () => {
  it('gives the padding row no gradient, and the others theirs, twice over', async () => {
    for (const backend of NODE_BACKENDS) {
      await switchBackend(backend);
      tf.tidy(() => {
        const table = random(1, [4, 3]);
        const loss = (padding: number) => (t: tf.Tensor) => weighted(embedding(t, ids(), padding), 11);
        const curved = (padding: number) => (t: tf.Tensor) => weighted(tf.grad(loss(padding))(t), 12);
        for (const f of [loss, curved]) {
          const whole = tf.grad(f(-1))(table).dataSync();
          const padded = tf.grad(f(2))(table).dataSync();
          expect([...padded.slice(6, 9)]).toEqual([0, 0, 0]);
          expect([...whole.slice(6, 9)]).not.toEqual([0, 0, 0]);
          expectClose(
            [...padded.slice(0, 6), ...padded.slice(9)],
            [...whole.slice(0, 6), ...whole.slice(9)],
            1e-6,
          );
        }
      });
    }
  });
});

describe('dropout', () => {
  it('drops the asked share, keeps the mean, and repeats with its key', async () => {
    await switchBackend('wasm');
    tf.tidy(() => {
      const ones = tf.ones([20000]);
      const first = dropout(ones, 0.3, 5).dataSync();
      expect(dropout(ones, 0.3, 5).dataSync()).toEqual(first);
      expect(dropout(ones, 0.3, 6).dataSync()).not.toEqual(first);
      const kept = first.filter((x) => x > 0).length / first.length;
      expect(Math.abs(kept - 0.7)).toBeLessThan(0.012);
      expect(first.find((x) => x > 0)).toBeCloseTo(1 / 0.7, 6);
    });
  });
});
