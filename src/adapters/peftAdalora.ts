/**
 * AdaLoRA as PEFT keeps it (`peft_type` "ADALORA", after PEFT 0.21): triplets with their singular values,
 * ΔW = lora_alpha / (init_r + 1e-5) · B (A ⊙ E), also where pruned triplets have been left out of the file.
 */
import type { TensorArray } from '../model/loadedModel';
import type { FileBytes } from '../tensor/fileSet';
import { foldComponents, type PeftLayer, type PeftOrigin, PREFIX, peftFiles, roundAlpha } from './peft';
import { blockOfFused, fuseLayers } from './peftFused';
import { compareLayers, moduleOfLayer } from './rankPattern';

/** Of s = lora_alpha / (r + 1e-5), as PEFT has it: keeps s finite at rank 0. */
export const RANK_OFFSET = 1e-5;

/** One AdaLoRA layer: ΔW = scaling · B (A ⊙ E). */
export type TripletLayer = Omit<PeftLayer, 'magnitude'> & {
  /** E (rank); 0 where the triplet was pruned. */
  singularValues: Float32Array;
};

export interface AdaloraExport extends PeftOrigin {
  /** Of one rank and one scaling, 1 at least. */
  layers: readonly TripletLayer[];
  /** In steps. */
  schedule: { steps: number; initialSteps: number; finalSteps: number; maskEvery: number };
  options: { targetRank: number; beta1: number; beta2: number; orthogonality: number };
}

/**
 * The two files that `PeftModel.from_pretrained` loads. Pruned triplets stay, at 0, so that training can go on in PEFT.
 */
export function writePeftAdalora({ layers, schedule, options, ...origin }: AdaloraExport): FileBytes[] {
  const { config } = origin;
  const sorted = [...layers].sort((a, b) => compareLayers(a.layer, b.layer));
  const scaling = sorted[0]?.scaling ?? 0;
  const modules =
    config.family === 'gpt2'
      ? // E of a fused layer is the query's and the value's, as its A is; the scaling is not moved into B.
        fuseLayers(
          sorted.map((layer) => ({ ...layer, scaling: 1 })),
          config.hiddenSize,
        ).map((fused) => ({ ...fused, singularValues: fusedValues(sorted, fused.module) }))
      : sorted.map(({ layer, ...rest }) => ({ ...rest, module: moduleOfLayer(layer) }));
  const tensors = modules.flatMap(
    ({ module, rank, loraA, loraB, singularValues }): [string, TensorArray][] => [
      [`${PREFIX}${module}.lora_A`, loraA],
      [`${PREFIX}${module}.lora_B`, loraB],
      [`${PREFIX}${module}.lora_E`, { shape: [rank, 1], data: singularValues }],
    ],
  );
  const rank = modules[0]?.rank ?? 0;
  // PEFT refuses a schedule that leaves no step to prune in.
  const steps = Math.max(1, schedule.steps);
  const tfinal = Math.min(schedule.finalSteps, steps - 1);
  const own = {
    peft_type: 'ADALORA',
    init_r: rank,
    target_r: (options.targetRank * rank) / (sorted[0]?.rank || 1),
    tinit: Math.min(schedule.initialSteps, steps - tfinal - 1),
    tfinal,
    deltaT: schedule.maskEvery,
    total_step: steps,
    beta1: options.beta1,
    beta2: options.beta2,
    orth_reg_weight: options.orthogonality,
    lora_alpha: roundAlpha(scaling * (rank + RANK_OFFSET)),
    rank_pattern: null,
  };
  return peftFiles(
    origin,
    own,
    modules.map(({ module }) => module),
    tensors,
  );
}

/**
 * The triplets of a module as plain LoRA: E in A, pruned ones left out.
 * @param json lora_alpha and init_r of the configuration; PEFT takes init_r for an alpha that is not positive
 * @param names for errors
 * @throws Error naming the tensors where their shapes do not fit, or the option
 */
export function foldTriplets(
  { loraA, loraB, loraE }: Record<'loraA' | 'loraB' | 'loraE', TensorArray>,
  { lora_alpha: alpha, init_r: initRank }: Readonly<Record<string, unknown>>,
  { module, file, configName }: { module: string; file: string; configName: string },
): Omit<PeftLayer, 'layer'> {
  const rank = loraE.shape[0] ?? 0;
  const fits =
    loraA.shape.length === 2 &&
    loraB.shape.length === 2 &&
    loraA.shape[0] === rank &&
    loraB.shape[1] === rank &&
    loraE.data.length === rank;
  if (!fits)
    throw new Error(
      `${file}: "${module}" has lora_A of shape [${loraA.shape}], lora_E [${loraE.shape}] and lora_B [${loraB.shape}]; they must be (r, in), (r, 1) and (out, r).`,
    );
  if (typeof initRank !== 'number' || !(initRank >= rank))
    throw new Error(
      `${configName}: "init_r" is ${JSON.stringify(initRank)}; expected a number, ${rank} at least, since "${module}" has so many triplets.`,
    );
  if (typeof alpha !== 'number')
    throw new Error(`${configName}: "lora_alpha" is ${JSON.stringify(alpha)}; expected a number.`);
  const scaling = (alpha > 0 ? alpha : initRank) / (initRank + RANK_OFFSET);
  return foldComponents({ rank, loraA, loraB, scaling }, loraE.data);
}

/** E of the layers of one block, in their order. */
function fusedValues(sorted: readonly TripletLayer[], module: string): Float32Array {
  const parts = sorted.filter(({ layer }) => layer.startsWith(`${blockOfFused(module)}.`));
  return Float32Array.from(parts.flatMap(({ singularValues }) => [...singularValues]));
}
