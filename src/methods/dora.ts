/**
 * DoRA (Liu et al. 2024): W' = m ⊙ V / ‖V‖, V = W0 + s B A, norms and magnitudes m per output; m starts as ‖W0‖, so that
 * W' starts as W0. The norm is a constant in gradients (§4.3). As PEFT and the authors' code, dropout on the input of the
 * branch: y = x W0ᵀ + b + (m/‖V‖ − 1) ⊙ (x̃ W0ᵀ) + m/‖V‖ ⊙ s (x̃ Aᵀ) Bᵀ.
 */
import * as tf from '@tensorflow/tfjs';
import { initLora, type LoraLayer, loraAName, loraBName } from '../adapters/lora';
import { mapAdapted } from '../adapters/merge';
import type { AdaptProjection } from '../model/forward';
import { FUSED_PARTS } from '../model/gpt2';
import { hashKey } from '../random/stream';
import { constantRowNorms, dropout, linear, linearAdd, scaleColumns } from '../tensor/ops';
import { type TensorRecord, tensorOf } from '../tensor/records';
import { givenLayers } from './lora';
import { loraParameters, lowRankMethod } from './lowRank';
import type { FinetuningMethod, MethodInput } from './method';

export const magnitudeName = (module: string) => `${module}.lora_magnitude_vector`;

/** W0 (out, in) and b (out) of a projection; of GPT-2's fused `c_attn`, the part's columns. */
function frozenProjection(
  frozen: TensorRecord,
  { module, inSize, outSize }: LoraLayer,
): { weight: tf.Tensor; bias: tf.Tensor } {
  const own = frozen[`${module}.weight`];
  if (own) return { weight: own, bias: tensorOf(frozen, `${module}.bias`) };
  const [, fused = '', part = ''] = /^(.*)\.(\w+)$/.exec(module) ?? [];
  const first = (FUSED_PARTS as readonly string[]).indexOf(part) * outSize;
  const columns = tf.slice(tensorOf(frozen, `${fused}.weight`), [0, first], [inSize, outSize]);
  return {
    weight: tf.transpose(columns),
    bias: tf.slice(tensorOf(frozen, `${fused}.bias`), [first], [outSize]),
  };
}

export function dora(input: MethodInput): FinetuningMethod {
  const { model, config } = input;
  const layers = givenLayers(input, (rank) => config.adapter.loraAlpha / rank);
  const adapted = layers.filter(({ rank }) => rank > 0);

  /** m / ‖V‖, (out); 1 before the first step. */
  const scaleOf = (layer: LoraLayer, weights: TensorRecord, weight: tf.Tensor) => {
    const { module, scaling } = layer;
    const a = tensorOf(weights, loraAName(module));
    const norms = constantRowNorms(weight, a, tensorOf(weights, loraBName(module)), scaling);
    return tf.div(tensorOf(weights, magnitudeName(module)), norms);
  };

  const adaptWith = (weights: TensorRecord, drop?: { rate: number; key: number }): AdaptProjection => {
    const prepared = new Map(
      adapted.map((layer) => {
        const { weight, bias } = frozenProjection(model.frozen, layer);
        const b = tf.mul(tensorOf(weights, loraBName(layer.module)), layer.scaling); // (out, r)
        return [layer.module, { layer, weight, bias, b, scale: scaleOf(layer, weights, weight) }];
      }),
    );
    return (module, input, output) => {
      const found = prepared.get(module);
      if (!found) return output;
      const { layer, weight, bias, b, scale } = found;
      const a = tensorOf(weights, loraAName(module)); // (r, in)
      const scaled = (y: tf.Tensor) =>
        tf.reshape(scaleColumns(tf.reshape(y, [-1, layer.outSize]), scale), y.shape);
      if (!drop) return tf.add(scaled(linearAdd(linear(input, a), b, tf.sub(output, bias))), bias);
      const dropped = dropout(input, drop.rate, hashKey(drop.key, 0x6c, layers.indexOf(layer)));
      const base = linear(dropped, weight); // x̃ W0ᵀ
      return tf.add(tf.sub(output, base), scaled(linearAdd(linear(dropped, a), b, base)));
    };
  };

  /** W', (out, in). */
  const mergedOf = (layer: LoraLayer, weights: TensorRecord, weight: tf.Tensor): tf.Tensor => {
    const [a, b] = [loraAName, loraBName].map((name) => tensorOf(weights, name(layer.module)));
    const update = tf.mul(tf.matMul(b as tf.Tensor2D, a as tf.Tensor2D), layer.scaling);
    return tf.mul(tf.add(weight, update), tf.expandDims(scaleOf(layer, weights, weight), 1));
  };

  return {
    init(seed) {
      const weights: Record<string, tf.Tensor> = { ...initLora(layers, seed) };
      for (const layer of adapted) {
        const { module, scaling } = layer;
        const [a, b] = [tensorOf(weights, loraAName(module)), tensorOf(weights, loraBName(module))];
        // By the same kernel as every later norm, so that m / ‖V‖ starts at 1 exactly.
        weights[magnitudeName(module)] = tf.tidy(() =>
          constantRowNorms(frozenProjection(model.frozen, layer).weight, a, b, scaling),
        );
      }
      return weights;
    },
    hooks: (weights, drop) => ({ adapt: adaptWith(weights, drop) }),
    parameterCount: loraParameters(layers) + adapted.reduce((total, { outSize }) => total + outSize, 0),
    ranks: lowRankMethod(layers).ranks,
    merge: (frozen, weights) =>
      mapAdapted(frozen, adapted, (layer, weight) => mergedOf(layer, weights, weight)),
    asLora: (weights) => ({
      layers,
      pass: { weights },
      magnitudes: Object.fromEntries(
        adapted.map(({ module }) => [module, tensorOf(weights, magnitudeName(module))]),
      ),
    }),
  };
}
