/** What every method of the form ΔW = s · B diag(selection) A shares: forward pass, merging, the way to plain LoRA. */
import { adaptWithLora, initLora, type LoraLayer, type LoraPass, mergeLora } from '../adapters/lora';
import type { LayerRank } from '../telemetry/events';
import { readTensors, type TensorRecord, tensorOf } from '../tensor/records';
import type { FinetuningMethod } from './method';

/** Parameters of A and B. */
export const loraParameters = (layers: readonly LoraLayer[]) =>
  layers.reduce((total, { rank, inSize, outSize }) => total + rank * (inSize + outSize), 0);

/** @param selectionOf the tensors of `weights` that weigh the components, by module, each (r); absent for plain LoRA */
export function lowRankMethod(
  layers: readonly LoraLayer[],
  selectionOf?: (weights: TensorRecord) => TensorRecord,
): FinetuningMethod & Required<Pick<FinetuningMethod, 'merge' | 'asLora'>> {
  const passOf = (weights: TensorRecord): LoraPass => ({ weights, selection: selectionOf?.(weights) });
  return {
    init: (seed) => initLora(layers, seed),
    hooks: (weights, dropout) => ({ adapt: adaptWithLora(layers, { ...passOf(weights), dropout }) }),
    parameterCount: loraParameters(layers),
    ranks: async (weights) =>
      selectionOf ? countNonZero(layers, selectionOf(weights)) : layers.map(rankOfLayer),
    merge: (frozen, weights) => mergeLora(frozen, layers, passOf(weights)),
    asLora: (weights) => ({ layers, pass: passOf(weights) }),
  };
}

const rankOfLayer = ({ name, rank }: LoraLayer): LayerRank => ({ layer: name, rank });

/** rank_l = #{j : selection_j ≠ 0}. */
async function countNonZero(layers: readonly LoraLayer[], selection: TensorRecord): Promise<LayerRank[]> {
  const present = layers.filter(({ rank }) => rank > 0);
  const values = await readTensors(present.map(({ module }) => tensorOf(selection, module)));
  const counted = new Map(
    present.map(({ name }, i) => [name, values[i]?.filter((x) => x !== 0).length ?? 0]),
  );
  return layers.map(({ name }) => ({ layer: name, rank: counted.get(name) ?? 0 }));
}
