/**
 * Every op, on every backend Node has: its kernel against its reference, its gradient against central differences,
 * and the gradient of its gradient against central differences of the gradient.
 */
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it, vi } from 'vitest';
import { expectClose, NODE_BACKENDS, relativeError, switchBackend } from '../../testing/backends';
import { ids, kernelCases, labels, paddingMask, random } from '../../testing/kernelCases';
import { definedOps } from './defineOp';
import {
  addScaled,
  affine,
  attention,
  columnProducts,
  constantRowNorms,
  crossEntropy,
  dropout,
  embedding,
  exp,
  gelu,
  geluNew,
  layerNorm,
  linear,
  linearAdd,
  matMul,
  scaleColumns,
  sigmoid,
  softmax,
  sumOfSquares,
  sumRows,
  tanh,
} from './index';
import { attentionGradientsOnWasm, attentionOnWasm } from './wasm/kernels';

/** A differentiable op as a function of its first argument, at a point. */
interface Case {
  name: string;
  shape: number[];
  run(x: tf.Tensor): tf.Tensor;
}

const cases: Case[] = [
  { name: 'exp', shape: [3, 4], run: exp },
  { name: 'tanh', shape: [3, 4], run: tanh },
  { name: 'sigmoid', shape: [3, 4], run: sigmoid },
  { name: 'gelu', shape: [3, 5], run: gelu },
  { name: 'geluNew', shape: [3, 5], run: geluNew },
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
  { name: 'affine x', shape: [2, 3, 4], run: (x) => affine(x, random(2, [4, 5]), random(3, [5])) },
  { name: 'affine weight', shape: [4, 5], run: (w) => affine(random(2, [2, 3, 4]), w, random(3, [5])) },
  { name: 'affine bias', shape: [5], run: (b) => affine(random(2, [2, 3, 4]), random(3, [4, 5]), b) },
  { name: 'affine x·x', shape: [3, 3], run: (x) => affine(x, x, random(3, [3])) },
  {
    name: 'linearAdd x',
    shape: [2, 3, 4],
    run: (x) => linearAdd(x, random(2, [5, 4]), random(3, [2, 3, 5])),
  },
  { name: 'linearAdd weight', shape: [5, 4], run: (w) => linearAdd(random(2, [6, 4]), w, random(3, [6, 5])) },
  { name: 'linearAdd addend', shape: [6, 5], run: (z) => linearAdd(random(2, [6, 4]), random(3, [5, 4]), z) },
  { name: 'linear x·(x)ᵀ', shape: [3, 3], run: (x) => linear(x, x) },
  { name: 'layerNorm x', shape: [3, 6], run: (x) => layerNorm(x, random(2, [6]), random(3, [6]), 1e-5) },
  { name: 'layerNorm weight', shape: [6], run: (w) => layerNorm(random(2, [3, 6]), w, random(3, [6]), 1e-5) },
  { name: 'layerNorm bias', shape: [6], run: (b) => layerNorm(random(2, [3, 6]), random(3, [6]), b, 1e-5) },
  { name: 'scaleColumns x', shape: [3, 4], run: (x) => scaleColumns(x, random(2, [4]), 1.5) },
  { name: 'scaleColumns scale', shape: [4], run: (s) => scaleColumns(random(2, [3, 4]), s, 1.5) },
  { name: 'columnProducts', shape: [3, 4], run: (x) => columnProducts(x, random(2, [3, 4]), 1.5) },
  { name: 'columnProducts of itself', shape: [3, 4], run: (x) => columnProducts(x, x) },
  { name: 'addScaled x', shape: [3, 4], run: (x) => addScaled(x, tf.scalar(0.7), random(2, [3, 4])) },
  { name: 'addScaled y', shape: [3, 4], run: (y) => addScaled(random(2, [3, 4]), tf.scalar(0.7), y) },
  {
    name: 'addScaled factor',
    shape: [],
    run: (f) => addScaled(random(2, [3, 4]), f as tf.Scalar, random(3, [3, 4])),
  },
  { name: 'dropout', shape: [4, 6], run: (x) => dropout(tf.mul(x, x), 0.3, 77) },
  { name: 'embedding', shape: [4, 3], run: (t) => embedding(tf.mul(t, t), ids()) },
  { name: 'crossEntropy', shape: [4, 3], run: (x) => crossEntropy(x, labels()) },
  { name: 'crossEntropy smoothed', shape: [4, 3], run: (x) => crossEntropy(x, labels(), 0.2) },
  ...(['query', 'key', 'value'] as const).map((role, index) => ({
    name: `attention ${role}`,
    shape: [2, 3, 4],
    run: (x: tf.Tensor) => {
      const inputs = [random(4, [2, 3, 4]), random(5, [2, 3, 4]), random(6, [2, 3, 4])];
      inputs[index] = x;
      const [q, k, v] = inputs as [tf.Tensor, tf.Tensor, tf.Tensor];
      return attention(q, k, v, paddingMask(), { heads: 2, dropoutRate: 0.25, dropoutKey: 9 });
    },
  })),
  {
    name: 'attention of itself',
    shape: [2, 3, 4],
    run: (x) => attention(x, x, x, paddingMask(), { heads: 2 }),
  },
  {
    name: 'attention of the first query',
    shape: [2, 1, 4],
    run: (x) => attention(x, random(5, [2, 3, 4]), random(6, [2, 3, 4]), paddingMask(), { heads: 2 }),
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

describe('kernels', () => {
  it('are all compared', () => {
    expect(Object.keys(kernelCases).sort()).toEqual([...definedOps.keys()].sort());
  });

  const flat = Object.entries(kernelCases).flatMap(([name, list]) =>
    list.map((make, index) => ({ name, index, make })),
  );
  it.each(flat)('$name $index: wasm and cpu equal the reference in tfjs ops', async ({ name, make }) => {
    const results: Record<string, ArrayLike<number>> = {};
    for (const backend of NODE_BACKENDS) {
      await switchBackend(backend);
      tf.tidy(() => {
        const { inputs, attributes = {} } = make();
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
        for (const activation of [gelu, geluNew]) {
          const values = activation(bad).dataSync();
          expect(values).toEqual(new Float32Array([Number.NaN, Number.POSITIVE_INFINITY, 0]));
          expect(tf.grad(activation)(bad).dataSync()).toEqual(new Float32Array([Number.NaN, 1, 0]));
        }
      });
    }
  });
});

describe('references', () => {
  const reference = (name: string, inputs: Record<string, tf.Tensor>, attributes: object = {}) =>
    definedOps.get(name)?.reference(inputs, attributes) as tf.Tensor;

  it('of products with a bias and of row norms have the numbers of a calculation by hand', async () => {
    await switchBackend('cpu');
    tf.tidy(() => {
      const x = tf.tensor2d([[1, 2]]);
      const weight = tf.tensor2d([
        [1, 10],
        [3, 20],
      ]);
      const bias = tf.tensor1d([100, 200]);
      expect([...affine(x, weight, bias).dataSync()]).toEqual([107, 250]);
      expect([...linear(x, weight, bias).dataSync()]).toEqual([121, 243]);
      expect([...linearAdd(x, weight, tf.tensor2d([[5, 6]])).dataSync()]).toEqual([26, 49]);
      // W + 2 B A = [[3, 4], [0, 0]]
      const norms = constantRowNorms(
        tf.tensor2d([
          [1, 4],
          [0, 0],
        ]),
        tf.tensor2d([[1, 0]]),
        tf.tensor2d([[1], [0]]),
        2,
      );
      expect(norms.dataSync()).toEqual(new Float32Array([5, 1e-12]));
    });
  });

  it.each([0, 0.25])('of the parts of attention make its gradient at dropout %d', async (rate) => {
    await switchBackend('cpu');
    tf.tidy(() => {
      const [heads, width] = [2, 4];
      const options = { dropoutRate: rate, dropoutKey: 9 };
      const [query, key, value] = [1, 2, 3].map((seed) => random(seed, [1, 3, width])) as [
        tf.Tensor,
        tf.Tensor,
        tf.Tensor,
      ];
      const dy = random(4, [1, 3, width]);
      const mask = tf.tensor4d([0, 0, -1e9], [1, 1, 1, 3]);
      const kept = tf.split(dropout(tf.ones([1, heads, 3, 3]), rate, 9), heads, 1);
      /** softmax(q kᵀ / √d + mask) of one head, dropped, times v, in tfjs's own ops. */
      const plain = (q: tf.Tensor, k: tf.Tensor, v: tf.Tensor) => {
        const [queries, keys, values] = [q, k, v].map((x) => tf.split(tf.reshape(x, [3, width]), heads, 1));
        const contexts = (queries as tf.Tensor2D[]).map((one, h) => {
          const scores = tf.matMul(one, keys?.[h] as tf.Tensor2D, false, true);
          const seen = tf.softmax(tf.add(tf.div(scores, Math.SQRT2), tf.reshape(mask, [1, 3])));
          const dropped = tf.mul(seen, tf.reshape(kept[h] as tf.Tensor, [3, 3]));
          return tf.matMul(dropped as tf.Tensor2D, values?.[h] as tf.Tensor2D);
        });
        return tf.reshape(tf.concat(contexts, 1), [1, 3, width]);
      };
      const expected = tf.grads((q, k, v) => tf.sum(tf.mul(plain(q, k, v), dy)))([query, key, value]);

      const probabilities = reference('AutoLoraAttentionProbabilities', { query, key, mask }, { heads });
      const scores = reference(
        'AutoLoraAttentionScoreGrad',
        { dy, value, probabilities },
        { heads, ...options },
      );
      const whole = { dropoutRate: 0, dropoutKey: 0 };
      const found = [
        reference('AutoLoraHeadProduct', { matrix: scores, x: key }, { ...whole, transpose: false }),
        reference('AutoLoraHeadProduct', { matrix: scores, x: query }, { ...whole, transpose: true }),
        reference('AutoLoraHeadProduct', { matrix: probabilities, x: dy }, { ...options, transpose: true }),
      ];
      found.forEach((gradient, i) => {
        expectClose(gradient.dataSync(), expected[i]?.dataSync() ?? [], 2e-6);
      });
      const product = reference(
        'AutoLoraHeadProduct',
        { matrix: probabilities, x: value },
        { ...options, transpose: false },
      );
      expectClose(product.dataSync(), plain(query, key, value).dataSync(), 2e-6);
    });
  });
});

describe('attention on WASM', () => {
  it('leaves nothing in the memory that is too full for its result', async () => {
    await switchBackend('wasm');
    const backend = tf.backend() as tf.KernelBackend & { makeOutput(...args: unknown[]): tf.TensorInfo };
    const [query, key, value, dy] = [1, 2, 3, 4].map((seed) => random(seed, [2, 3, 8])) as [
      tf.Tensor,
      tf.Tensor,
      tf.Tensor,
      tf.Tensor,
    ];
    const mask = tf.zeros([1, 1, 1, 3]);
    const inputs = { query, key, value, mask, dy };
    const makeOutput = backend.makeOutput.bind(backend);
    let room = 0;
    const limited = vi.spyOn(backend, 'makeOutput').mockImplementation((...args) => {
      room -= 1;
      if (room < 0) throw new Error('WASM has no room');
      return makeOutput(...args);
    });
    try {
      for (const run of [attentionOnWasm, attentionGradientsOnWasm]) {
        for (const enough of [0, 1]) {
          room = enough;
          const before = backend.numDataIds();
          expect(() => run(backend, inputs, 2)).toThrow('no room');
          expect(backend.numDataIds()).toBe(before);
        }
      }
    } finally {
      limited.mockRestore();
      tf.dispose(inputs);
    }
  });
});

describe('sumOfSquares', () => {
  it('takes any number of tensors', async () => {
    await switchBackend('wasm');
    tf.tidy(() => {
      for (const count of [0, 1, 6, 7, 13]) {
        const tensors = Array.from({ length: count }, (_, i) => random(i, [i + 1, 2]));
        const expected = tensors.flatMap((x) => [...x.dataSync()]).reduce((sum, x) => sum + x * x, 0);
        expectClose(sumOfSquares(tensors).dataSync(), [expected], 1e-6);
      }
    });
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
