/**
 * AdamW with decoupled weight decay as torch.optim.AdamW (Adam where the decay is 0), as pure {init, update}:
 * m ← β1 m + (1−β1) g, s ← β2 s + (1−β2) g², W ← W − lr·λ·W − lr · m̂ / (√ŝ + ε).
 */
import * as tf from '@tensorflow/tfjs';
import { defineOp } from '../tensor/ops/defineOp';
import { type TensorRecord, tensorOf, zerosLikeRecord } from '../tensor/records';

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

const runMean = defineOp<{ mean: tf.Tensor; gradient: tf.Tensor }, { decay: number }>({
  name: 'AutoLoraAdamMean',
  reference: ({ mean, gradient }, { decay }) =>
    tf.tidy(() => tf.add(tf.mul(mean, decay), tf.mul(gradient, 1 - decay))),
  host: {
    outputShape: ({ mean }) => mean.shape,
    compute: ({ mean, gradient }, output, { decay }) => {
      for (let i = 0; i < output.values.length; i++) {
        output.values[i] = decay * (mean.values[i] as number) + (1 - decay) * (gradient.values[i] as number);
      }
    },
  },
});

const runSquare = defineOp<{ square: tf.Tensor; gradient: tf.Tensor }, { decay: number }>({
  name: 'AutoLoraAdamSquare',
  reference: ({ square, gradient }, { decay }) =>
    tf.tidy(() => tf.add(tf.mul(square, decay), tf.mul(tf.mul(gradient, gradient), 1 - decay))),
  host: {
    outputShape: ({ square }) => square.shape,
    compute: ({ square, gradient }, output, { decay }) => {
      for (let i = 0; i < output.values.length; i++) {
        output.values[i] =
          decay * (square.values[i] as number) + (1 - decay) * (gradient.values[i] as number) ** 2;
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

const runParameter = defineOp<{ weight: tf.Tensor; mean: tf.Tensor; square: tf.Tensor }, ParameterStep>({
  name: 'AutoLoraAdamParameter',
  reference: ({ weight, mean, square }, step) =>
    tf.tidy(() => {
      const deviation = tf.add(tf.mul(tf.sqrt(square), 1 / Math.sqrt(step.correction2)), step.epsilon);
      const change = tf.mul(tf.div(mean, deviation), step.learningRate / step.correction1);
      return tf.sub(tf.mul(weight, 1 - step.learningRate * step.weightDecay), change);
    }),
  host: {
    outputShape: ({ weight }) => weight.shape,
    compute: ({ weight, mean, square }, output, step) => {
      const rate = step.learningRate / step.correction1;
      const keep = 1 - step.learningRate * step.weightDecay;
      const scale = 1 / Math.sqrt(step.correction2);
      for (let i = 0; i < output.values.length; i++) {
        const deviation = Math.sqrt(square.values[i] as number) * scale + step.epsilon;
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

/** One step. Returns new weights and a new state; neither input is changed or disposed. */
export function adamUpdate(
  weights: TensorRecord,
  gradients: TensorRecord,
  state: AdamState,
  learningRate: number,
  options: AdamOptions,
): { weights: TensorRecord; state: AdamState } {
  const step = state.step + 1;
  const attributes: ParameterStep = {
    learningRate,
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
    const m = runMean({ mean: tensorOf(state.mean, name), gradient }, { decay: options.beta1 });
    const s = runSquare({ square: tensorOf(state.square, name), gradient }, { decay: options.beta2 });
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
      const m = runMean({ mean: tensorOf(state.mean, name), gradient }, { decay: beta1 });
      const s = runSquare({ square: tensorOf(state.square, name), gradient }, { decay: beta2 });
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
