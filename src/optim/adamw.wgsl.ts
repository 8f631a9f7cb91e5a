/** The three parts of an Adam step in WGSL. */
import type * as tf from '@tensorflow/tfjs';
import { runWgsl, type WgslProgram } from '../tensor/ops/webgpu';

type Moment = 'mean' | 'square';

/** `weight` is 1 − decay from double precision: 1 − 0.999 in float32 is off by 2e-5 of itself. */
const momentProgram = (moment: Moment, scaled: boolean): WgslProgram => ({
  name: `AutoLoraAdam-${moment}${scaled ? '-scaled' : ''}`,
  inputs: ['before', 'gradient', ...(scaled ? ['scale'] : [])],
  uniforms: { decay: 'f32', weight: 'f32' },
  per: 'element',
  source: /* wgsl */ `
    fn element(index : i32) -> f32 {
      let g = gradient[index]${scaled ? ' * scale[0]' : ''};
      return uniforms.decay * before[index] + uniforms.weight * ${moment === 'mean' ? 'g' : 'g * g'};
    }
  `,
});

const programs = {
  mean: { plain: momentProgram('mean', false), scaled: momentProgram('mean', true) },
  square: { plain: momentProgram('square', false), scaled: momentProgram('square', true) },
};

/** New mean of the gradients, or of their squares. @param scale multiplies the gradient, a scalar */
export function runMomentProgram(
  backend: tf.KernelBackend,
  moment: Moment,
  before: tf.Tensor,
  gradient: tf.Tensor,
  scale: tf.Tensor | undefined,
  decay: number,
): tf.TensorInfo {
  const { plain, scaled } = programs[moment];
  const uniforms = { decay, weight: 1 - decay };
  return scale
    ? runWgsl(backend, scaled, [before, gradient, scale], before.shape, uniforms)
    : runWgsl(backend, plain, [before, gradient], before.shape, uniforms);
}

/** W from W, m and s. */
export const parameterProgram: WgslProgram = {
  name: 'AutoLoraAdamParameter',
  inputs: ['weight', 'mean', 'square'],
  uniforms: { keep: 'f32', rate: 'f32', rootScale: 'f32', epsilon: 'f32' },
  per: 'element',
  source: /* wgsl */ `
    fn element(index : i32) -> f32 {
      let deviation = sqrt(square[index]) * uniforms.rootScale + uniforms.epsilon;
      return uniforms.keep * weight[index] - uniforms.rate * mean[index] / deviation;
    }
  `,
};
