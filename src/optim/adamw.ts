/**
 * AdamW with decoupled weight decay as torch.optim.AdamW (Adam where the decay is 0), as pure {init, update}:
 * m ← β1 m + (1−β1) g, s ← β2 s + (1−β2) g², W ← W − lr·λ·W − lr · m̂ / (√ŝ + ε).
 */
import * as tf from '@tensorflow/tfjs';
import { defineOp } from '../tensor/ops/defineOp';
import { type TensorRecord, tensorOf, zerosLikeRecord } from '../tensor/records';
import { adamStepOnDevice } from './adamw.wgsl';

export interface AdamOptions {
  beta1: number;
  beta2: number;
  epsilon: number;
  /** Decoupled; multiplied by the learning rate. */
  weightDecay: number;
}

export const ADAM_DEFAULTS: AdamOptions = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 };

export interface AdamState {
  /** Steps taken. */
  step: number;
  /** m, exponential mean of gradients. */
  mean: TensorRecord;
  /** s, exponential mean of squared gradients. */
  square: TensorRecord;
}

// Both means take the gradient times `scale`, a scalar on the device, where it is given (clipping).

interface GradientInputs extends Record<string, tf.Tensor | undefined> {
  gradient: tf.Tensor;
  scale: tf.Tensor | undefined;
}

const scaledBy = (gradient: tf.Tensor, scale: tf.Tensor | undefined) =>
  scale ? tf.mul(gradient, scale) : gradient;

const runMean = defineOp<GradientInputs & { mean: tf.Tensor }, { decay: number }>({
  name: 'AutoLoraAdamMean',
  reference: ({ mean, gradient, scale }, { decay }) =>
    tf.tidy(() => tf.add(tf.mul(mean, decay), tf.mul(scaledBy(gradient, scale), 1 - decay))),
  host: {
    outputShape: ({ mean }) => mean.shape,
    compute: ({ mean, gradient, scale }, output, { decay }) => {
      const weight = (1 - decay) * (scale?.values[0] ?? 1);
      for (let i = 0; i < output.values.length; i++) {
        output.values[i] = decay * (mean.values[i] as number) + weight * (gradient.values[i] as number);
      }
    },
  },
});

const runSquare = defineOp<GradientInputs & { square: tf.Tensor }, { decay: number }>({
  name: 'AutoLoraAdamSquare',
  reference: ({ square, gradient, scale }, { decay }) =>
    tf.tidy(() => {
      const scaled = scaledBy(gradient, scale);
      return tf.add(tf.mul(square, decay), tf.mul(tf.mul(scaled, scaled), 1 - decay));
    }),
  host: {
    outputShape: ({ square }) => square.shape,
    compute: ({ square, gradient, scale }, output, { decay }) => {
      const weight = (1 - decay) * (scale?.values[0] ?? 1) ** 2;
      for (let i = 0; i < output.values.length; i++) {
        output.values[i] =
          decay * (square.values[i] as number) + weight * (gradient.values[i] as number) ** 2;
      }
    },
  },
});

interface ParameterStep {
  learningRate: number;
  weightDecay: number;
  epsilon: number;
  /** 1 − β1^t and 1 − β2^t. */
  correction1: number;
  correction2: number;
}

/** The numbers that the step multiplies by. */
const factorsOf = ({ learningRate, weightDecay, epsilon, correction1, correction2 }: ParameterStep) => ({
  keep: 1 - learningRate * weightDecay,
  rate: learningRate / correction1,
  rootScale: 1 / Math.sqrt(correction2),
  epsilon,
});

const runParameter = defineOp<{ weight: tf.Tensor; mean: tf.Tensor; square: tf.Tensor }, ParameterStep>({
  name: 'AutoLoraAdamParameter',
  reference: ({ weight, mean, square }, step) =>
    tf.tidy(() => {
      const { keep, rate, rootScale, epsilon } = factorsOf(step);
      const deviation = tf.add(tf.mul(tf.sqrt(square), rootScale), epsilon);
      return tf.sub(tf.mul(weight, keep), tf.mul(tf.div(mean, deviation), rate));
    }),
  host: {
    outputShape: ({ weight }) => weight.shape,
    compute: ({ weight, mean, square }, output, step) => {
      const { keep, rate, rootScale, epsilon } = factorsOf(step);
      for (let i = 0; i < output.values.length; i++) {
        const deviation = Math.sqrt(square.values[i] as number) * rootScale + epsilon;
        output.values[i] =
          keep * (weight.values[i] as number) - (rate * (mean.values[i] as number)) / deviation;
      }
    },
  },
});

/** Zero moments. The state is the caller's to dispose. */
export function adamInit(weights: TensorRecord): AdamState {
  return { step: 0, mean: zerosLikeRecord(weights), square: zerosLikeRecord(weights) };
}

/**
 * One step. Returns new weights and a new state; neither input is changed or disposed.
 * @param learningRate one for all tensors, or by name
 * @param gradientScale what every gradient is multiplied by (clipping); a scalar
 */
export function adamUpdate(
  weights: TensorRecord,
  gradients: TensorRecord,
  state: AdamState,
  learningRate: number | ((name: string) => number),
  options: AdamOptions,
  gradientScale?: tf.Scalar,
): { weights: TensorRecord; state: AdamState } {
  const step = state.step + 1;
  const common = {
    weightDecay: options.weightDecay,
    epsilon: options.epsilon,
    correction1: 1 - options.beta1 ** step,
    correction2: 1 - options.beta2 ** step,
  };
  const mean: Record<string, tf.Tensor> = {};
  const square: Record<string, tf.Tensor> = {};
  const next: Record<string, tf.Tensor> = {};
  for (const [name, weight] of Object.entries(weights)) {
    const gradient = tensorOf(gradients, name);
    const scale = gradientScale;
    const rate = typeof learningRate === 'number' ? learningRate : learningRate(name);
    const attributes: ParameterStep = { ...common, learningRate: rate };
    const before = { mean: tensorOf(state.mean, name), square: tensorOf(state.square, name) };
    if (tf.getBackend() === 'webgpu') {
      const inputs = { weight, ...before, gradient, scale };
      const after = adamStepOnDevice(inputs, { ...options, ...factorsOf(attributes) });
      mean[name] = after.mean;
      square[name] = after.square;
      next[name] = after.weight;
      continue;
    }
    const m = runMean({ mean: before.mean, gradient, scale }, { decay: options.beta1 });
    const s = runSquare({ square: before.square, gradient, scale }, { decay: options.beta2 });
    mean[name] = m;
    square[name] = s;
    next[name] = runParameter({ weight, mean: m, square: s }, attributes);
  }
  return { weights: next, state: { step, mean, square } };
}

/**
 * (∂W'/∂g) ⊙ v for the step that `adamUpdate` would take: the Jacobian is diagonal,
 * ∂W'/∂g = −lr [ (1−β1)/c1 / (√ŝ+ε) − m̂ (1−β2) g / (c2 √ŝ (√ŝ+ε)²) ]. Where ŝ = 0 (so g = 0) the second part is 0.
 */
export function adamJacobianProduct(
  gradients: TensorRecord,
  vector: TensorRecord,
  state: AdamState,
  learningRate: number,
  { beta1, beta2, epsilon }: AdamOptions,
): TensorRecord {
  const step = state.step + 1;
  const correction1 = 1 - beta1 ** step;
  const correction2 = 1 - beta2 ** step;
  const product: Record<string, tf.Tensor> = {};
  for (const [name, gradient] of Object.entries(gradients)) {
    product[name] = tf.tidy(() => {
      const given = { gradient, scale: undefined };
      const m = runMean({ mean: tensorOf(state.mean, name), ...given }, { decay: beta1 });
      const s = runSquare({ square: tensorOf(state.square, name), ...given }, { decay: beta2 });
      const root = tf.sqrt(tf.div(s, correction2));
      const deviation = tf.add(root, epsilon);
      const straight = tf.div((1 - beta1) / correction1, deviation);
      const bent = tf.mul(
        tf.divNoNan(tf.mul(m, gradient), root),
        tf.div((1 - beta2) / (correction1 * correction2), tf.mul(deviation, deviation)),
      );
      return tf.mul(tensorOf(vector, name), tf.mul(tf.sub(bent, straight), learningRate));
    });
  }
  return product;
}
