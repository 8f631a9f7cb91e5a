/** An Adam step in one WGSL program: W, m and s anew from W, m, s and the gradient. */
import * as tf from '@tensorflow/tfjs';
import { runWgslOutputs, type WgslProgram } from '../tensor/ops/webgpu';

const programFor = (scaled: boolean): WgslProgram => ({
  name: `AutoLoraAdam${scaled ? 'Scaled' : ''}`,
  inputs: ['weight', 'mean', 'square', 'gradient', ...(scaled ? ['scale'] : [])],
  alsoWrites: ['newMean', 'newSquare'],
  // What is left of 1 comes along from double precision: 1 − 0.999 in float32 is off by 2e-5 of itself.
  uniforms: {
    beta1: 'f32',
    rest1: 'f32',
    beta2: 'f32',
    rest2: 'f32',
    keep: 'f32',
    rate: 'f32',
    rootScale: 'f32',
    epsilon: 'f32',
  },
  per: 'element',
  source: /* wgsl */ `
    fn element(index : i32) -> f32 {
      let g = gradient[index]${scaled ? ' * scale[0]' : ''};
      let m = uniforms.beta1 * mean[index] + uniforms.rest1 * g;
      let s = uniforms.beta2 * square[index] + uniforms.rest2 * g * g;
      newMean[index] = m;
      newSquare[index] = s;
      let deviation = sqrt(s) * uniforms.rootScale + uniforms.epsilon;
      return uniforms.keep * weight[index] - uniforms.rate * m / deviation;
    }
  `,
});

const plain = programFor(false);
const scaled = programFor(true);

interface AdamFactors {
  beta1: number;
  beta2: number;
  epsilon: number;
  /** 1 − lr·λ */
  keep: number;
  /** lr / (1 − β1^t) */
  rate: number;
  /** 1 / √(1 − β2^t) */
  rootScale: number;
}

/** On the WebGPU backend, which must be current. @param inputs tensors of one shape, and a scalar `scale` of the gradient */
export function adamStepOnDevice(
  inputs: Record<'weight' | 'mean' | 'square' | 'gradient', tf.Tensor> & { scale: tf.Tensor | undefined },
  { beta1, beta2, epsilon, keep, rate, rootScale }: AdamFactors,
): Record<'weight' | 'mean' | 'square', tf.Tensor> {
  const { weight, mean, square, gradient, scale } = inputs;
  const backend = tf.backend();
  const outputs = runWgslOutputs(
    backend,
    scale ? scaled : plain,
    [weight, mean, square, gradient, ...(scale ? [scale] : [])],
    weight.shape,
    { beta1, rest1: 1 - beta1, beta2, rest2: 1 - beta2, keep, rate, rootScale, epsilon },
  );
  const [w, m, s] = outputs.map((info) => tf.engine().makeTensorFromTensorInfo(info, backend));
  return { weight: w as tf.Tensor, mean: m as tf.Tensor, square: s as tf.Tensor };
}
