/**
 * SoRA (Ding et al. 2023): y = x W0ᵀ + b + s (g ⊙ (x Aᵀ)) Bᵀ, s = lora_alpha / r_max, with a gate g_j per component that
 * each step moves by the optimizer and then shrinks by a proximal step, g ← sign(g) max(|g| − η_t λ, 0), η_t the step's
 * learning rate. A gate at zero prunes its component. As in the authors' code A is kaiming-uniform, B zero, g ~ N(0, 1).
 */
import * as tf from '@tensorflow/tfjs';
import { initLora, loraLayers } from '../adapters/lora';
import { RandomStream } from '../random/stream';
import { type TensorRecord, tensorOf } from '../tensor/records';
import { loraParameters, lowRankMethod } from './lowRank';
import type { FinetuningMethod, MethodInput } from './method';

export const gateName = (module: string) => `${module}.gate`;

export function sora({ model, config }: MethodInput): FinetuningMethod {
  const { maxRank, lambda } = config.sora;
  const layers = loraLayers(
    model.config,
    () => maxRank,
    (rank) => config.adapter.loraAlpha / rank,
  );
  const gates = (weights: TensorRecord): TensorRecord =>
    Object.fromEntries(layers.map(({ module }) => [module, tensorOf(weights, gateName(module))]));
  return {
    ...lowRankMethod(layers, gates),
    init(seed) {
      const weights: Record<string, tf.Tensor> = { ...initLora(layers, seed) };
      layers.forEach(({ module, rank }, index) => {
        // A stream beside A's, which has the layer's index alone.
        const random = RandomStream.of(seed, 'adapter', index, 1);
        weights[gateName(module)] = tf.tensor1d(random.fillNormal(rank, 1));
      });
      return weights;
    },
    afterStep({ weights, state, learningRate }) {
      const next: Record<string, tf.Tensor> = { ...weights };
      for (const { module } of layers) {
        const name = gateName(module);
        next[name] = softThreshold(tensorOf(weights, name), learningRate * lambda);
      }
      return { weights: next, state };
    },
    prunesAfter: () => true,
    parameterCount: loraParameters(layers) + layers.reduce((total, { rank }) => total + rank, 0),
  };
}

/** sign(x) max(|x| − threshold, 0): the proximal operator of threshold · ‖x‖₁. */
export function softThreshold(x: tf.Tensor, threshold: number): tf.Tensor {
  return tf.tidy(() => tf.mul(tf.sign(x), tf.relu(tf.sub(tf.abs(x), threshold))));
}
