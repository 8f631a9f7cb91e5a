/**
 * LoRA (Hu et al. 2021), y = x W0ᵀ + b + s (x Aᵀ) Bᵀ, with s = lora_alpha / r; rsLoRA (Kalajdzievski 2023) has
 * s = lora_alpha / √r, LoRA+ (Hayou et al. 2024) gives B a learning rate λ times A's.
 */
import { type LoraLayer, loraBName, loraLayers, projectionsOf } from '../adapters/lora';
import { lowRankMethod } from './lowRank';
import type { FinetuningMethod, MethodInput } from './method';

/** The rank that `ranks` gives a layer; 0 where it names none. */
function rankIn(ranks: MethodInput['ranks']): (name: string) => number {
  const byName = new Map(ranks.map(({ layer, rank }) => [layer, rank]));
  return (name) => byName.get(name) ?? 0;
}

/** Layers of the given ranks. @param scalingOf s of a layer of rank r, unless it is given too */
export function givenLayers(
  { model, ranks, scalings }: MethodInput,
  scalingOf: (rank: number) => number,
): LoraLayer[] {
  return loraLayers(
    model.config,
    rankIn(ranks),
    (rank, name) => scalings?.get(name) ?? scalingOf(rank),
    projectionsOf(ranks.map(({ layer }) => layer)),
  );
}

export const lora = (input: MethodInput): FinetuningMethod =>
  lowRankMethod(givenLayers(input, (rank) => input.config.adapter.loraAlpha / rank));

export function rsLora(input: MethodInput): FinetuningMethod {
  const method = lowRankMethod(
    givenLayers(input, (rank) => input.config.adapter.loraAlpha / Math.sqrt(rank)),
  );
  return { ...method, asLora: (weights) => ({ ...method.asLora(weights), rankStabilised: true }) };
}

export function loraPlus(input: MethodInput): FinetuningMethod {
  const isB = loraBName('');
  return {
    ...lora(input),
    rateFactor: (name) => (name.endsWith(isB) ? input.config.loraPlus.ratio : 1),
  };
}

/** Layers of AutoLoRA's retraining: LoRA of the learned ranks, scaled by `retrain.scaling`. */
export function retrainedLayers({ config, model, ranks }: MethodInput): LoraLayer[] {
  const { adapter, retrain } = config;
  return loraLayers(
    model.config,
    rankIn(ranks),
    (rank) => adapter.loraAlpha / (retrain.scaling === 'constant' ? adapter.rank : rank),
  );
}

export const retrainedAutoLora = (input: MethodInput): FinetuningMethod =>
  lowRankMethod(retrainedLayers(input));
