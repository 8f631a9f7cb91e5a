/**
 * Inputs of every op that `defineOp` made, small, odd and large: what each backend's kernels are held against their
 * references with, in Node and (kernelPage.ts) on WebGPU.
 */
import * as tf from '@tensorflow/tfjs';
import { RandomStream } from '../random/stream';
import '../tensor/ops';
import '../optim/adamw';
import '../optim/clip';

export interface KernelCase {
  inputs: tf.NamedTensorMap;
  attributes?: object;
}

/** Normal numbers, the same on every backend. */
export function random(seed: number, shape: number[], scale = 1): tf.Tensor {
  const size = shape.reduce((product, n) => product * n, 1);
  return tf.tensor(RandomStream.of(seed, 'data').fillNormal(size, scale), shape);
}

const integers = (seed: number, shape: number[], below: number): tf.Tensor => {
  const stream = RandomStream.of(seed, 'data');
  const size = shape.reduce((product, n) => product * n, 1);
  return tf.tensor(
    Int32Array.from({ length: size }, () => stream.below(below)),
    shape,
    'int32',
  );
};

/** (2, 1, 1, 3): the last key of the second row is padding. */
export const paddingMask = () => tf.tensor4d([0, 0, 0, 0, 0, -1e9], [2, 1, 1, 3]);
/** One row of four is ignored. */
export const labels = () => tf.tensor1d([2, -100, 0, 1], 'int32');
export const ids = () => tf.tensor2d([0, 3, 3, 1, 2, 0], [2, 3], 'int32');

/** More elements than one dispatch has groups of a single thread. */
const MANY = 70_001;

/** Query, key, value (B, T, D) with as many queries as asked for. */
const projections = (batch: number, queries: number, keys: number, width: number) => ({
  query: random(1, [batch, queries, width]),
  key: random(2, [batch, keys, width]),
  value: random(3, [batch, keys, width]),
});

/** (1, 1, T, T): a token sees itself and those before it. */
const causalMask = (length: number) =>
  tf.tensor4d(
    Float32Array.from({ length: length * length }, (_, at) => (at % length > at / length ? -1e9 : 0)),
    [1, 1, length, length],
  );

/** tfjs's own softmax on WebGPU is wrong in the last of more than 65,535 rows. */
const plainSoftmax = (x: tf.Tensor) => tf.div(tf.exp(x), tf.sum(tf.exp(x), -1, true));

const attentionCases: (() => KernelCase)[] = [
  () => ({
    inputs: { ...projections(2, 3, 3, 4), mask: paddingMask() },
    attributes: { heads: 2, dropoutRate: 0, dropoutKey: 0 },
  }),
  () => ({
    inputs: { ...projections(2, 1, 3, 4), mask: paddingMask() },
    attributes: { heads: 2, dropoutRate: 0.25, dropoutKey: 9 },
  }),
  () => ({
    inputs: { ...projections(1, 70, 70, 140), mask: causalMask(70) },
    attributes: { heads: 2, dropoutRate: 0.1, dropoutKey: 4294967295 },
  }),
  () => ({
    inputs: { ...projections(2, 5, 5, 24), mask: causalMask(5) },
    attributes: { heads: 3, dropoutRate: 0, dropoutKey: 0 },
  }),
  () => ({
    inputs: { ...projections(2, 1, 3, 16), mask: paddingMask() },
    attributes: { heads: 2, dropoutRate: 0, dropoutKey: 0 },
  }),
  // More queries in all than one dispatch has groups.
  () => ({
    inputs: { ...projections(8200, 4, 3, 2), mask: tf.zeros([1, 1, 1, 1]) },
    attributes: { heads: 2, dropoutRate: 0, dropoutKey: 0 },
  }),
  () => ({
    inputs: { ...projections(1, 1, 1, 1), mask: tf.zeros([1, 1, 1, 1]) },
    attributes: { heads: 1, dropoutRate: 0, dropoutKey: 0 },
  }),
];

/** The same inputs without the tensors and attributes that an op does not take. */
const attentionCasesWith = (change: (whole: KernelCase) => KernelCase) =>
  attentionCases.map((make) => () => change(make()));

const layerNormShapes = [
  [3, 7],
  [1, 1],
  [2, 3, 300],
  [65, 64],
];

const lossCases = (more: () => tf.NamedTensorMap): (() => KernelCase)[] =>
  [
    () => ({ inputs: { ...more(), logits: random(1, [4, 3]), labels: labels() } }),
    () => ({ inputs: { ...more(), logits: random(1, [1, 2]), labels: tf.tensor1d([1], 'int32') } }),
    () => ({ inputs: { ...more(), logits: random(1, [2, 3]), labels: tf.tensor1d([-100, -100], 'int32') } }),
    () => ({ inputs: { ...more(), logits: random(1, [70, 300], 9), labels: integers(5, [70], 300) } }),
    () => ({
      inputs: {
        ...more(),
        logits: random(1, [5, 1500], 3),
        labels: tf.tensor1d([7, -100, 1499, 0, 640], 'int32'),
      },
    }),
  ].flatMap((make) => [0, 0.1].map((smoothing) => () => ({ ...make(), attributes: { smoothing } })));

const unary = () => [() => ({ inputs: { x: random(1, [9]) } })];

const adamCases = (moment: 'mean' | 'square'): (() => KernelCase)[] =>
  [[9], [1, 1], [MANY]].flatMap((shape) =>
    [undefined, 0.37].map((scale) => () => {
      const before = random(1, shape);
      const gradient = random(2, shape);
      return {
        inputs: {
          [moment]: moment === 'square' ? tf.abs(before) : before,
          gradient,
          ...(scale !== undefined && { scale: tf.scalar(scale) }),
        },
        attributes: { decay: moment === 'square' ? 0.999 : 0.9 },
      };
    }),
  );

/** Cases by op name. Every call makes new tensors on the backend that is current. */
export const kernelCases: Record<string, (() => KernelCase)[]> = {
  AutoLoraMatMul: [
    () => ({
      inputs: { a: random(1, [7, 5]), b: random(2, [9, 7]) },
      attributes: { transposeA: true, transposeB: true },
    }),
    () => ({
      inputs: { a: random(1, [3, 40]), b: random(2, [50, 40]) },
      attributes: { transposeA: false, transposeB: true },
    }),
  ],
  AutoLoraLinear: [
    () => ({ inputs: { x: random(1, [6, 5]), weight: random(2, [4, 5]), bias: random(3, [4]) } }),
    () => ({ inputs: { x: random(1, [3, 40]), weight: random(2, [50, 40]), bias: random(3, [50]) } }),
    () => ({ inputs: { x: random(1, [3, 40]), weight: random(2, [50, 40]) } }),
  ],
  AutoLoraAffine: [
    () => ({ inputs: { x: random(1, [6, 5]), weight: random(2, [5, 4]), bias: random(3, [4]) } }),
  ],
  AutoLoraLinearAdd: [
    [6, 5, 4],
    [1, 1, 1],
    [300, 8, 64],
  ].map(([rows, size, out]) => () => ({
    inputs: {
      x: random(1, [rows as number, size as number]),
      weight: random(2, [out as number, size as number]),
      addend: random(3, [rows as number, out as number]),
    },
  })),
  AutoLoraSumRows: [
    [3, 4, 5],
    [1, 300],
    [300, 1],
    [700, 3],
    [1, MANY],
  ].map((shape) => () => ({
    inputs: { x: random(1, shape) },
    attributes: { shape },
  })),
  AutoLoraScaleColumns: [
    [7, 3],
    [1, 1],
    [300, 8],
  ].map((shape) => () => ({
    inputs: { x: random(1, shape), scale: random(2, [shape[1] as number]) },
    attributes: { factor: 1.7 },
  })),
  AutoLoraConstantRowNorms: [
    [5, 3, 2],
    [1, 1, 1],
  ].map(([out = 0, size = 0, r = 0]) => () => ({
    inputs: { weight: random(1, [out, size]), a: random(2, [r, size]), b: random(3, [out, r]) },
    attributes: { scaling: 1.7 },
  })),
  AutoLoraColumnProducts: [
    [7, 3],
    [1, 1],
    [300, 8],
  ].map((shape) => () => ({
    inputs: { x: random(1, shape), y: random(2, shape) },
    attributes: { factor: 1.7 },
  })),
  AutoLoraAddScaled: [[7, 3], [1], [MANY]].map((shape) => () => ({
    inputs: { x: random(1, shape), y: random(2, shape), factor: tf.scalar(-0.3) },
  })),
  AutoLoraSumOfSquares: [[[7, 3]], [[1], [300], [2, 2]], [[3], [1], [2], [5, 5], [70, 70], [4]]].map(
    (shapes) => () => ({
      inputs: {
        before: tf.scalar(2.5),
        ...Object.fromEntries(shapes.map((shape, i) => ['abcdef'.charAt(i), random(i, shape)])),
      },
    }),
  ),
  AutoLoraClipFactor: [0.5, 4, 1e9].map((square) => () => ({
    inputs: { square: tf.scalar(square) },
    attributes: { limit: 1 },
  })),
  AutoLoraExp: unary(),
  AutoLoraTanh: unary(),
  AutoLoraTanhGrad: [() => ({ inputs: { dy: random(1, [3, 5]), y: tf.tanh(random(2, [3, 5])) } })],
  AutoLoraSigmoid: unary(),
  AutoLoraGeluNew: [[40], [1, 5], [MANY]].map((shape) => () => ({ inputs: { x: random(1, shape, 4) } })),
  AutoLoraGeluNewGrad: [[40], [1, 5], [MANY]].map((shape) => () => ({
    inputs: { dy: random(2, shape), x: random(1, shape, 4) },
  })),
  AutoLoraGelu: [[40], [1, 5], [MANY]].map((shape) => () => ({ inputs: { x: random(1, shape, 4) } })),
  AutoLoraGeluGrad: [[40], [1, 5], [MANY]].map((shape) => () => ({
    inputs: { dy: random(2, shape), x: random(1, shape, 4) },
  })),
  AutoLoraSoftmax: [
    [3, 7],
    [1, 1],
    [MANY, 2],
    [2, 300],
  ].map((shape) => () => ({ inputs: { x: random(1, shape) } })),
  AutoLoraSoftmaxGrad: [
    [3, 7],
    [1, 1],
    [2, 2, 300],
  ].map((shape) => () => ({
    inputs: { dy: random(1, shape), y: tf.softmax(random(2, shape)) },
  })),
  AutoLoraLayerNorm: layerNormShapes.map((shape) => () => {
    const width = [shape.at(-1) as number];
    return {
      inputs: { x: random(1, shape), weight: random(2, width), bias: random(3, width) },
      attributes: { epsilon: 1e-5 },
    };
  }),
  AutoLoraLayerNormGrad: layerNormShapes.map((shape) => () => ({
    inputs: { dy: random(4, shape), x: random(1, shape), weight: random(2, [shape.at(-1) as number]) },
    attributes: { epsilon: 1e-5 },
  })),
  AutoLoraDropout: [
    { shape: [50], rate: 0.4, key: 123456789 },
    { shape: [1, 1], rate: 0.1, key: 4294967295 },
    { shape: [MANY], rate: 0.1, key: 2147483648 },
    { shape: [3, 5, 7, 11], rate: 0.99, key: 0 },
  ].map(({ shape, rate, key }) => () => ({ inputs: { x: random(1, shape) }, attributes: { rate, key } })),
  AutoLoraEmbedding: [
    () => ({
      inputs: { table: random(1, [4, 3]), ids: ids() },
      attributes: { rows: 4, paddingIndex: -1 },
    }),
  ],
  AutoLoraScatterRows: [
    () => ({
      inputs: { dy: random(1, [2, 3, 5]), ids: ids() },
      attributes: { rows: 4, paddingIndex: 3 },
    }),
    () => ({
      inputs: { dy: random(1, [40, 33]), ids: integers(2, [40], 19) },
      attributes: { rows: 20, paddingIndex: -1 },
    }),
    () => ({
      inputs: { dy: random(1, [1, 1]), ids: tf.tensor1d([0], 'int32') },
      attributes: { rows: 1, paddingIndex: -1 },
    }),
  ],
  AutoLoraCrossEntropy: lossCases(() => ({})),
  AutoLoraCrossEntropyGrad: lossCases(() => ({ dy: tf.scalar(0.7) })),
  AutoLoraAttention: attentionCases,
  AutoLoraAttentionProbabilities: attentionCasesWith(({ inputs: { value, ...inputs }, attributes }) => ({
    inputs,
    attributes,
  })),
  AutoLoraAttentionScoreGrad: attentionCasesWith(({ inputs: { query, value }, attributes }) => {
    const [batch, queries] = (query as tf.Tensor).shape as [number, number];
    const { heads } = attributes as { heads: number };
    const scores = [batch, heads, queries, (value as tf.Tensor).shape[1] as number];
    return {
      inputs: {
        dy: query as tf.Tensor,
        value: value as tf.Tensor,
        probabilities: plainSoftmax(random(7, scores)),
      },
      attributes,
    };
  }),
  AutoLoraAttentionGradients: attentionCasesWith(({ inputs, attributes }) => {
    const { heads } = attributes as { heads: number };
    const { query } = inputs as { query: tf.Tensor };
    return { inputs: { ...inputs, dy: random(8, query.shape) }, attributes: { heads } };
  }),
  AutoLoraHeadProduct: [false, true].flatMap((transpose) =>
    attentionCasesWith(({ inputs: { query, value }, attributes }) => {
      const [batch, queries] = (query as tf.Tensor).shape as [number, number];
      const { heads, ...dropout } = attributes as { heads: number };
      const matrix = random(7, [batch, heads, queries, (value as tf.Tensor).shape[1] as number]);
      const x = (transpose ? query : value) as tf.Tensor;
      return { inputs: { matrix, x }, attributes: { ...dropout, transpose } };
    }),
  ),
  AutoLoraAdamMean: adamCases('mean'),
  AutoLoraAdamSquare: adamCases('square'),
  AutoLoraAdamParameter: [[9], [1, 1], [MANY]].map((shape) => () => ({
    inputs: { weight: random(1, shape), mean: random(2, shape), square: tf.abs(random(3, shape)) },
    attributes: { learningRate: 0.01, weightDecay: 0.1, epsilon: 1e-8, correction1: 0.1, correction2: 0.001 },
  })),
};
