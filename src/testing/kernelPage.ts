/** What kernels.spec.ts runs in Chromium: every op on WebGPU against its reference in plain tfjs ops on the CPU. */
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-webgpu';
import { countKernels, createSteps } from '../experiment/bench';
import { ADAM_DEFAULTS, adamUpdate } from '../optim/adamw';
import { uint32At } from '../random/stream';
import { attention, dropout, gelu } from '../tensor/ops';
import { definedOps } from '../tensor/ops/defineOp';
import { tensorOf } from '../tensor/records';
import { type KernelCase, kernelCases, paddingMask, random } from './kernelCases';
import { relativeError } from './relativeError';

export interface Comparison {
  op: string;
  /** Place in `kernelCases[op]`. */
  index: number;
  shape: number[];
  expectedShape: number[];
  /** Worst difference over the largest value of the reference. */
  error: number;
}

type Values = { values: Float32Array; shape: number[] };

async function on(backend: 'webgpu' | 'cpu', compute: () => tf.Tensor): Promise<Values> {
  if (tf.getBackend() !== backend) {
    await tf.setBackend(backend);
    await tf.ready();
  }
  const tensor = tf.tidy(compute);
  const values = (await tensor.data()) as Float32Array;
  tensor.dispose();
  return { values, shape: tensor.shape };
}

const page = {
  /** Every case of every op. */
  async compareAll(): Promise<Comparison[]> {
    const expected = new Map<string, Values>();
    const each = async (visit: (op: string, index: number, make: () => KernelCase) => Promise<void>) => {
      for (const [op, list] of Object.entries(kernelCases)) {
        for (const [index, make] of list.entries()) await visit(op, index, make);
      }
    };
    await each(async (op, index, make) => {
      const compute = () => {
        const { inputs, attributes = {} } = make();
        return definedOps.get(op)?.reference(inputs, attributes) as tf.Tensor;
      };
      expected.set(`${op} ${index}`, await on('cpu', compute));
    });
    const found: Comparison[] = [];
    await each(async (op, index, make) => {
      const reference = expected.get(`${op} ${index}`) as Values;
      const { values, shape } = await on('webgpu', () => {
        const { inputs, attributes = {} } = make();
        return tf.engine().runKernel(op, inputs, attributes as tf.NamedAttrMap) as tf.Tensor;
      });
      const error = relativeError(values, reference.values, 1e-6);
      found.push({ op, index, shape, expectedShape: reference.shape, error });
    });
    return found;
  },

  /** Gradients of query, key and value through dropped attention: the errors of WebGPU's against the CPU's. */
  async attentionGradients(): Promise<number[]> {
    const gradient = (index: number) => () => {
      const inputs = [random(1, [2, 3, 8]), random(2, [2, 3, 8]), random(3, [2, 3, 8])] as const;
      const options = { heads: 2, dropoutRate: 0.25, dropoutKey: 9 };
      const gradients = tf.grads((q, k, v) =>
        tf.sum(tf.mul(attention(q, k, v, paddingMask(), options), random(4, [2, 3, 8]))),
      )([...inputs]);
      return gradients[index] as tf.Tensor;
    };
    const errors: number[] = [];
    for (const index of [0, 1, 2]) {
      const { values } = await on('webgpu', gradient(index));
      errors.push(relativeError(values, (await on('cpu', gradient(index))).values));
    }
    return errors;
  },

  /** Worst errors of W, m and s after an Adam step, against the CPU's, with and without a scaled gradient. */
  async adamStep(): Promise<number[]> {
    const step = (size: number, scale: number | undefined, part: 'weight' | 'mean' | 'square') => () => {
      const record = (seed: number) => ({ w: random(seed, [size]) });
      const { weights, state } = adamUpdate(
        record(1),
        record(2),
        { step: 2, mean: record(3), square: { w: tf.abs(random(4, [size])) } },
        0.01,
        { ...ADAM_DEFAULTS, weightDecay: 0.1 },
        scale === undefined ? undefined : tf.scalar(scale),
      );
      return tensorOf(part === 'weight' ? weights : state[part], 'w');
    };
    const errors: number[] = [];
    for (const size of [1, 300, 70_001]) {
      for (const scale of [undefined, 0.37]) {
        for (const part of ['weight', 'mean', 'square'] as const) {
          const { values } = await on('webgpu', step(size, scale, part));
          errors.push(relativeError(values, (await on('cpu', step(size, scale, part))).values));
        }
      }
    }
    return errors;
  },

  /** How many elements of a mask that takes more groups than one row of a dispatch holds differ from `uint32At`'s. */
  async wrongMaskElements(): Promise<number> {
    const [size, key] = [8_400_000, 3];
    const { values } = await on('webgpu', () => dropout(tf.ones([size]), 0.5, key));
    return values.reduce(
      (wrong, value, i) => wrong + (value === (uint32At(key, i) < 2 ** 31 ? 0 : 2) ? 0 : 1),
      0,
    );
  },

  /** GELU and its slope at NaN, ∞ and −∞. */
  async geluAtExtremes(): Promise<string[]> {
    const extremes = () => tf.tensor1d([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]);
    const { values } = await on('webgpu', () => gelu(extremes()));
    const slopes = await on('webgpu', () => tf.grad(gelu)(extremes()));
    return [...values, ...slopes.values].map(String);
  },

  /** GPU dispatches of one plain LoRA step and of one search step, and the tensors left behind. */
  async countDispatches(estimator?: Parameters<typeof createSteps>[1]) {
    await on('webgpu', () => tf.scalar(0));
    const before = tf.memory().numTensors;
    const { take, dispose } = await createSteps('S', estimator);
    await take();
    const { dispatches } = await countKernels(take);
    dispose();
    return { dispatches, leaked: tf.memory().numTensors - before };
  },
};

export type KernelPage = typeof page;
declare global {
  interface Window {
    kernelPage: KernelPage;
  }
}
window.kernelPage = page;
