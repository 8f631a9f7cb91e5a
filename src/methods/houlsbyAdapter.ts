/**
 * Bottleneck adapters (Houlsby et al. 2019): h ← h + gelu(h Dᵀ + d) Uᵀ + u on the output of every attention and every
 * feed-forward sub-layer, after its dropout and before the residual, D (m, width), U (width, m). As in the authors'
 * adapter-bert, weights start near zero (truncated normal, σ = 1e-3), so that an adapter starts as the identity.
 */
import * as tf from '@tensorflow/tfjs';
import type { ModelConfig } from '../model/config';
import { RandomStream } from '../random/stream';
import { gelu, linear, linearAdd } from '../tensor/ops';
import { type TensorRecord, tensorOf } from '../tensor/records';
import type { FinetuningMethod, MethodInput } from './method';

const INITIAL_DEVIATION = 1e-3;

/** The last dense layers of a block's two sub-layers. */
function adaptedModules({ family, layers }: Pick<ModelConfig, 'family' | 'layers'>): string[] {
  return Array.from({ length: layers }, (_, n) =>
    family === 'gpt2'
      ? [`transformer.h.${n}.attn.c_proj`, `transformer.h.${n}.mlp.c_proj`]
      : [`roberta.encoder.layer.${n}.attention.output.dense`, `roberta.encoder.layer.${n}.output.dense`],
  ).flat();
}

const namesOf = (module: string) => ({
  down: `${module}.adapter.down.weight`,
  downBias: `${module}.adapter.down.bias`,
  up: `${module}.adapter.up.weight`,
  upBias: `${module}.adapter.up.bias`,
});

/** Draws beyond two deviations are drawn again, as TensorFlow's truncated_normal. */
function truncatedNormal(random: RandomStream, size: number): Float32Array {
  return Float32Array.from({ length: size }, () => {
    for (;;) {
      const value = random.normal();
      if (Math.abs(value) <= 2) return INITIAL_DEVIATION * value;
    }
  });
}

export function houlsbyAdapter({ model, config }: MethodInput): FinetuningMethod {
  const width = model.config.hiddenSize;
  const m = config.houlsby.bottleneck;
  const modules = adaptedModules(model.config);
  const adapted = new Set(modules);
  return {
    init(seed) {
      const weights: Record<string, tf.Tensor> = {};
      modules.forEach((module, index) => {
        const random = RandomStream.of(seed, 'adapter', index);
        const { down, downBias, up, upBias } = namesOf(module);
        weights[down] = tf.tensor2d(truncatedNormal(random, m * width), [m, width]);
        weights[downBias] = tf.zeros([m]);
        weights[up] = tf.tensor2d(truncatedNormal(random, width * m), [width, m]);
        weights[upBias] = tf.zeros([width]);
      });
      return weights;
    },
    hooks: (weights) => ({
      adaptSublayer: (module, output) =>
        adapted.has(module) ? throughBottleneck(weights, module, output) : output,
    }),
    parameterCount: modules.length * (2 * width * m + width + m),
    ranks: async () => [],
  };
}

/** @param x (…, width) @returns (…, width) */
function throughBottleneck(weights: TensorRecord, module: string, x: tf.Tensor): tf.Tensor {
  const { down, downBias, up, upBias } = namesOf(module);
  const narrow = gelu(linear(x, tensorOf(weights, down), tensorOf(weights, downBias))); // (…, m)
  return linearAdd(narrow, tensorOf(weights, up), tf.add(x, tensorOf(weights, upBias)));
}
