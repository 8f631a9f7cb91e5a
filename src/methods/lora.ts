/**
 * LoRA (Hu et al. 2021), y = x W0ᵀ + b + s (x Aᵀ) Bᵀ, with s = lora_alpha / r; rsLoRA (Kalajdzievski 2023) has
 * s = lora_alpha / √r, LoRA+ (Hayou et al. 2024) gives B a learning rate λ times A's.
 */
import { type LoraLayer, loraBName, loraLayers } from '../adapters/lora';
import { lowRankMethod } from './lowRank';
import type { FinetuningMethod, MethodInput } from './method';

/** The rank that `ranks` gives a layer; 0 where it names none. */
export function rankIn(ranks: MethodInput['ranks']): (name: string) => number {
  const byName = new Map(ranks.map(({ layer, rank }) => [layer, rank]));
  return (name) => byName.get(name) ?? 0;
}

/** @param scalingOf s of a layer of rank r, given lora_alpha */
function loraWith({ model, ranks }: MethodInput, scalingOf: (rank: number) => number) {
  return lowRankMethod(loraLayers(model.config, rankIn(ranks), scalingOf));
}

export const lora = (input: MethodInput): FinetuningMethod =>
  loraWith(input, (rank) => input.config.adapter.loraAlpha / rank);

export const rsLora = (input: MethodInput): FinetuningMethod =>
  loraWith(input, (rank) => input.config.adapter.loraAlpha / Math.sqrt(rank));

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
