/**
 * LoRA with selection variables (paper Eq. 1-3): y = x W0ᵀ + b + s · ((x Aᵀ) ⊙ a) Bᵀ on the query and the value
 * projection of every block, A (k, in), B (out, k), a (k).
 */
import * as tf from '@tensorflow/tfjs';
import type { ModelConfig } from '../model/config';
import type { AdaptProjection } from '../model/forward';
import { hashKey, RandomStream } from '../random/stream';
import { dropout, linear, linearAdd, scaleColumns } from '../tensor/ops';
import { type TensorRecord, tensorOf } from '../tensor/records';
import { mapAdapted } from './merge';
import { moduleOfLayer } from './rankPattern';

/** One adapted projection. */
export interface LoraLayer {
  /** Full module name, `roberta.encoder.layer.0.attention.self.query`. */
  module: string;
  /** Short name, `0.query`. */
  name: string;
  inSize: number;
  outSize: number;
  /** Number of rank-1 components; 0 leaves the projection frozen. */
  rank: number;
  /** s: lora_alpha / rank, or lora_alpha / k with constant scaling. */
  scaling: number;
}

export const loraAName = (module: string) => `${module}.lora_A.weight`;
export const loraBName = (module: string) => `${module}.lora_B.weight`;

export type Projection = 'query' | 'key' | 'value';

/** The paper's. */
const USUAL_PROJECTIONS: readonly Projection[] = ['query', 'value'];

/** The usual ones, and the keys where a layer is of them. @param layers short names, `0.query` */
export function projectionsOf(layers: readonly string[]): readonly Projection[] {
  return layers.some((layer) => layer.endsWith('.key')) ? ['query', 'key', 'value'] : USUAL_PROJECTIONS;
}

/**
 * The projections LoRA is put on, in the order 0.query, 0.value, 1.query, …; GPT-2's are columns of `c_attn`, each with an
 * adapter of its own.
 */
export function loraTargets(
  config: Pick<ModelConfig, 'family' | 'layers' | 'hiddenSize'>,
  projections = USUAL_PROJECTIONS,
): Omit<LoraLayer, 'rank' | 'scaling'>[] {
  return Array.from({ length: config.layers }, (_, index) =>
    projections.map((projection) => ({
      module: moduleOfLayer(`${index}.${projection}`, config.family),
      name: `${index}.${projection}`,
      inSize: config.hiddenSize,
      outSize: config.hiddenSize,
    })),
  ).flat();
}

/**
 * LoRA layers at a rank each.
 * @param scalingOf s of a layer of rank > 0, by its rank and short name
 */
export function loraLayers(
  config: Pick<ModelConfig, 'family' | 'layers' | 'hiddenSize'>,
  rankOf: (name: string) => number,
  scalingOf: (rank: number, name: string) => number,
  projections = USUAL_PROJECTIONS,
): LoraLayer[] {
  return loraTargets(config, projections).map((target) => {
    const rank = rankOf(target.name);
    return { ...target, rank, scaling: rank === 0 ? 0 : scalingOf(rank, target.name) };
  });
}

/** A ~ U(±1/√in) (kaiming-uniform with a = √5), B = 0, as loralib and PEFT. The record is the caller's to dispose. */
export function initLora(layers: readonly LoraLayer[], seed: number): TensorRecord {
  const weights: Record<string, tf.Tensor> = {};
  layers.forEach(({ module, inSize, outSize, rank }, index) => {
    if (rank === 0) return;
    const bound = 1 / Math.sqrt(inSize);
    const random = RandomStream.of(seed, 'adapter', index);
    weights[loraAName(module)] = tf.tensor2d(random.fillUniform(rank * inSize, -bound, bound), [
      rank,
      inSize,
    ]);
    weights[loraBName(module)] = tf.zeros([outSize, rank]);
  });
  return weights;
}

/** What a pass through adapted projections needs. */
export interface LoraPass {
  /** Holds `…lora_A.weight` and `…lora_B.weight` of every layer of rank > 0. */
  weights: TensorRecord;
  /** a by module name, each (k); absent for plain LoRA. */
  selection?: TensorRecord;
  /** On the input of the low-rank branch. */
  dropout?: { rate: number; key: number };
}

/** The function that the models call on every projection. */
export function adaptWithLora(layers: readonly LoraLayer[], pass: LoraPass): AdaptProjection {
  const byModule = new Map(layers.map((layer, index) => [layer.module, { ...layer, index }]));
  // B ⊙ (s·a) is (out, k): scaling it is cheaper than scaling x Aᵀ, which has a row per token.
  const scaledB = new Map<string, tf.Tensor>();
  for (const { module, rank, scaling } of layers) {
    if (rank === 0) continue;
    const b = tensorOf(pass.weights, loraBName(module)); // (out, k)
    const selection = pass.selection ? tensorOf(pass.selection, module) : undefined; // (k)
    scaledB.set(module, selection ? scaleColumns(b, selection, scaling) : tf.mul(b, scaling));
  }
  return (module, input, output) => {
    const layer = byModule.get(module);
    const b = scaledB.get(module);
    if (!layer || !b) return output;
    const dropped = pass.dropout
      ? dropout(input, pass.dropout.rate, hashKey(pass.dropout.key, 0x6c, layer.index))
      : input;
    const down = linear(dropped, tensorOf(pass.weights, loraAName(module))); // (…, k)
    return linearAdd(down, b, output);
  };
}

/**
 * W0 + s · B diag(a) A for every adapted module: a checkpoint that needs no adapter.
 * @returns a full record; merged tensors are new, the others are those of `frozen`
 */
export function mergeLora(frozen: TensorRecord, layers: readonly LoraLayer[], pass: LoraPass): TensorRecord {
  return mapAdapted(frozen, layers, ({ module, scaling }, weight) => {
    const a = tensorOf(pass.weights, loraAName(module)); // (k, in)
    const selection = pass.selection ? tensorOf(pass.selection, module) : tf.scalar(1);
    const b = tf.mul(tensorOf(pass.weights, loraBName(module)), tf.mul(selection, scaling)); // (out, k)
    return tf.add(weight, tf.matMul(b as tf.Tensor2D, a as tf.Tensor2D));
  });
}
