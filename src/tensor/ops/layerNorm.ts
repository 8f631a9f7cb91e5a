/** Layer normalisation over the last axis: y = (x − mean) / √(var + ε) ⊙ γ + δ, biased variance, as PyTorch. */
import * as tf from '@tensorflow/tfjs';
import { defineOp, isDifferentiatingGradient } from './defineOp';
import { sumRows } from './sumRows';
import { runWgsl, type WgslProgram } from './webgpu';

interface Epsilon {
  epsilon: number;
}

function normalise(x: tf.Tensor, epsilon: number): { normalised: tf.Tensor; inverseDeviation: tf.Tensor } {
  const centred = tf.sub(x, tf.mean(x, -1, true));
  const variance = tf.mean(tf.mul(centred, centred), -1, true);
  const inverseDeviation = tf.rsqrt(tf.add(variance, epsilon));
  return { normalised: tf.mul(centred, inverseDeviation), inverseDeviation };
}

/** ∂L/∂x from dy ⊙ γ, in ops that differentiate again. */
function backward(scaled: tf.Tensor, x: tf.Tensor, epsilon: number): tf.Tensor {
  const { normalised, inverseDeviation } = normalise(x, epsilon);
  const meanScaled = tf.mean(scaled, -1, true);
  const projection = tf.mul(normalised, tf.mean(tf.mul(scaled, normalised), -1, true));
  return tf.mul(inverseDeviation, tf.sub(tf.sub(scaled, meanScaled), projection));
}

/** Mean and 1/√(var + ε) of the row that starts at `row`. */
function moments(values: Float32Array, row: number, width: number, epsilon: number): [number, number] {
  let mean = 0;
  for (let i = row; i < row + width; i++) mean += values[i] as number;
  mean /= width;
  let variance = 0;
  for (let i = row; i < row + width; i++) variance += ((values[i] as number) - mean) ** 2;
  return [mean, 1 / Math.sqrt(variance / width + epsilon)];
}

/** `centre(start, thread)` is the row's mean; `inverseDeviation` follows from it. */
const momentsSource = /* wgsl */ `
  fn centre(start : i32, thread : i32) -> f32 {
    var share = 0.0;
    for (var i = thread; i < uniforms.width; i += threads) { share += x[start + i]; }
    return sumOverGroup(share) / f32(uniforms.width);
  }
  fn inverseDeviation(start : i32, thread : i32, mean : f32) -> f32 {
    var share = 0.0;
    for (var i = thread; i < uniforms.width; i += threads) {
      let centred = x[start + i] - mean;
      share += centred * centred;
    }
    return inverseSqrt(sumOverGroup(share) / f32(uniforms.width) + uniforms.epsilon);
  }
`;

const forwardProgram: WgslProgram = {
  name: 'AutoLoraLayerNorm',
  inputs: ['x', 'weight', 'bias'],
  uniforms: { width: 'i32', epsilon: 'f32' },
  per: 'group',
  source: /* wgsl */ `
    ${momentsSource}
    fn group(at : i32, thread : i32) {
      let start = at * uniforms.width;
      let mean = centre(start, thread);
      let inverse = inverseDeviation(start, thread, mean);
      for (var i = thread; i < uniforms.width; i += threads) {
        result[start + i] = (x[start + i] - mean) * inverse * weight[i] + bias[i];
      }
    }
  `,
};

const inputGradProgram: WgslProgram = {
  name: 'AutoLoraLayerNormGrad',
  inputs: ['dy', 'x', 'weight'],
  uniforms: { width: 'i32', epsilon: 'f32' },
  per: 'group',
  source: /* wgsl */ `
    ${momentsSource}
    fn group(at : i32, thread : i32) {
      let start = at * uniforms.width;
      let mean = centre(start, thread);
      let inverse = inverseDeviation(start, thread, mean);
      var sumShare = 0.0;
      var dotShare = 0.0;
      for (var i = thread; i < uniforms.width; i += threads) {
        let scaled = dy[start + i] * weight[i];
        sumShare += scaled;
        dotShare += scaled * (x[start + i] - mean) * inverse;
      }
      let sum = sumOverGroup(sumShare) / f32(uniforms.width);
      let dot = sumOverGroup(dotShare) / f32(uniforms.width);
      for (var i = thread; i < uniforms.width; i += threads) {
        let normalised = (x[start + i] - mean) * inverse;
        result[start + i] = inverse * (dy[start + i] * weight[i] - sum - normalised * dot);
      }
    }
  `,
};

const runInputGrad = defineOp<{ dy: tf.Tensor; x: tf.Tensor; weight: tf.Tensor }, Epsilon>({
  name: 'AutoLoraLayerNormGrad',
  reference: ({ dy, x, weight }, { epsilon }) => tf.tidy(() => backward(tf.mul(dy, weight), x, epsilon)),
  host: {
    outputShape: ({ x }) => x.shape,
    compute: ({ dy, x, weight }, output, { epsilon }) => {
      const width = weight.values.length;
      for (let row = 0; row < x.values.length; row += width) {
        const [mean, inverse] = moments(x.values, row, width, epsilon);
        let sum = 0;
        let dot = 0;
        for (let i = 0; i < width; i++) {
          const scaled = (dy.values[row + i] as number) * (weight.values[i] as number);
          sum += scaled;
          dot += scaled * ((x.values[row + i] as number) - mean);
        }
        sum /= width;
        dot *= (inverse * inverse) / width;
        for (let i = 0; i < width; i++) {
          const scaled = (dy.values[row + i] as number) * (weight.values[i] as number);
          output.values[row + i] = inverse * (scaled - sum - ((x.values[row + i] as number) - mean) * dot);
        }
      }
    },
  },
  webgpu: ({ dy, x, weight }, { epsilon }, backend) => {
    const width = weight.size;
    return runWgsl(backend, inputGradProgram, [dy, x, weight], x.shape, { width, epsilon }, x.size / width);
  },
});

const runLayerNorm = defineOp<{ x: tf.Tensor; weight: tf.Tensor; bias: tf.Tensor }, Epsilon>({
  name: 'AutoLoraLayerNorm',
  reference: ({ x, weight, bias }, { epsilon }) =>
    tf.tidy(() => tf.add(tf.mul(normalise(x, epsilon).normalised, weight), bias)),
  host: {
    outputShape: ({ x }) => x.shape,
    compute: ({ x, weight, bias }, output, { epsilon }) => {
      const width = weight.values.length;
      for (let row = 0; row < x.values.length; row += width) {
        const [mean, inverse] = moments(x.values, row, width, epsilon);
        for (let i = 0; i < width; i++) {
          output.values[row + i] =
            ((x.values[row + i] as number) - mean) * inverse * (weight.values[i] as number) +
            (bias.values[i] as number);
        }
      }
    },
  },
  webgpu: ({ x, weight, bias }, { epsilon }, backend) => {
    const width = weight.size;
    return runWgsl(backend, forwardProgram, [x, weight, bias], x.shape, { width, epsilon }, x.size / width);
  },
  saves: ['x', 'weight'],
  gradient: (dy, { x, weight }, { epsilon }) => ({
    x: () =>
      isDifferentiatingGradient()
        ? backward(tf.mul(dy, weight), x, epsilon)
        : runInputGrad({ dy, x, weight }, { epsilon }),
    weight: () => sumRows(tf.mul(dy, normalise(x, epsilon).normalised)),
    bias: () => sumRows(dy),
  }),
});

/** @param x (…, D) @param weight γ (D) @param bias δ (D) @returns (…, D) */
export function layerNorm(x: tf.Tensor, weight: tf.Tensor, bias: tf.Tensor, epsilon: number): tf.Tensor {
  return runLayerNorm({ x, weight, bias }, { epsilon });
}
