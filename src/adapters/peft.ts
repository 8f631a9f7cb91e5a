/**
 * PEFT LoRA adapters for RoBERTa and GPT-2 in plain arrays, and how they are written: `adapter_config.json` +
 * `adapter_model.safetensors` (docs/method.md, “What leaves the tab”; after PEFT 0.21). `peftRead.ts` is the way back, `peftAdalora.ts` PEFT's other form.
 */
import type { ModelConfig } from '../model/config';
import type { TensorArray } from '../model/loadedModel';
import type { LayerName, LayerRank } from '../telemetry/events';
import { type FileBytes, jsonFile } from '../tensor/fileSet';
import { writeSafetensors } from '../tensor/safetensors';
import { type FusedLayer, fuseLayers } from './peftFused';
import { compareLayers, moduleOfLayer } from './rankPattern';

/** One LoRA layer: ΔW = scaling · B A. */
export interface PeftLayer {
  layer: LayerName;
  /** 0 leaves the projection without an adapter; then A and B are empty. */
  rank: number;
  /** (rank, in) */
  loraA: TensorArray;
  /** (out, rank) */
  loraB: TensorArray;
  /** s, with which this layer was trained. */
  scaling: number;
  /** DoRA's m (out), one per row of W0 + ΔW; absent for LoRA. */
  magnitude?: TensorArray;
}

/** What a module of an adapter computes beyond LoRA, as PEFT's options name it. */
export interface PeftVariant {
  /** s is alpha / √r in the file. */
  use_rslora: boolean;
  /** Every layer has a magnitude. */
  use_dora: boolean;
}

export type PeftTaskType = 'SEQ_CLS' | 'TOKEN_CLS' | 'CAUSAL_LM';

/** What every adapter's file says, whatever its form. */
export interface PeftOrigin {
  config: Pick<ModelConfig, 'family' | 'hiddenSize'>;
  /** Every `classifier.…` tensor of the trained head; none for GPT-2. */
  head: ReadonlyMap<string, TensorArray>;
  taskType: PeftTaskType;
  /** Name or path of the model that the adapter belongs to. */
  baseModel: string;
  /** Commit of the base model on the Hub, where it is known. */
  revision?: string;
}

export interface PeftExport extends PeftOrigin {
  layers: readonly PeftLayer[];
  variant?: PeftVariant;
  /** DoRA on GPT-2: norms of the outputs of each fused module's frozen weight, (3 · out), which the keys keep. */
  fusedNorms?: ReadonlyMap<string, Float32Array>;
}

export interface PeftAdapter {
  /** In the order of blocks, query before value; only layers of rank > 0. */
  layers: PeftLayer[];
  ranks: LayerRank[];
  /** `classifier.…` tensors of `modules_to_save`; empty where the adapter brings no head. */
  head: Map<string, TensorArray>;
  taskType: string | null;
  baseModel: string | null;
  variant: PeftVariant;
  /** DoRA on GPT-2: magnitudes of the parts that have no layer, which must be the frozen weight's own norms. */
  untouched: { module: string; first: number; magnitude: Float32Array }[];
}

export const PREFIX = 'base_model.model.';

/**
 * The two files that `PeftModel.from_pretrained` loads. Every layer stands in rank_pattern and alpha_pattern, with
 * alpha = scaling · rank (of rsLoRA scaling · √rank), so that PEFT's alpha / r is the scaling of training.
 */
export function writePeftAdapter({
  layers,
  variant = { use_rslora: false, use_dora: false },
  fusedNorms,
  ...origin
}: PeftExport): FileBytes[] {
  const { config } = origin;
  const sorted = [...layers].sort((a, b) => compareLayers(a.layer, b.layer));
  let adapted = sorted.filter(({ rank }) => rank > 0);
  const first = sorted[0];
  // PEFT refuses an adapter without modules; a rank-1 layer of zeros says the same thing.
  if (adapted.length === 0 && first) adapted = [zeroLayer(first.layer, config.hiddenSize)];
  const { use_rslora, use_dora } = adapted.some(({ magnitude }) => magnitude)
    ? variant
    : { ...variant, use_dora: false };

  const tensors: [string, TensorArray][] = [];
  const rankPattern: Record<string, number> = {};
  const alphaPattern: Record<string, number> = {};
  for (const { layer, rank, loraA, loraB } of adapted) {
    if (loraA.shape[0] !== rank || loraB.shape[1] !== rank)
      throw new Error(
        `LoRA layer ${layer} of rank ${rank} has A of shape [${loraA.shape}] and B of shape [${loraB.shape}].`,
      );
  }
  const modules: (FusedLayer & { scaling: number })[] =
    config.family === 'gpt2'
      ? fuseLayers(adapted, config.hiddenSize, fusedNorms).map((fused) => ({ ...fused, scaling: 1 }))
      : adapted.map(({ layer, ...rest }) => ({ ...rest, module: moduleOfLayer(layer) }));
  for (const { module, rank, loraA, loraB, scaling, magnitude } of modules) {
    tensors.push([`${PREFIX}${module}.lora_A.weight`, loraA], [`${PREFIX}${module}.lora_B.weight`, loraB]);
    if (use_dora && magnitude) tensors.push([`${PREFIX}${module}.lora_magnitude_vector`, magnitude]);
    rankPattern[module] = rank;
    alphaPattern[module] = roundAlpha(scaling * (use_rslora ? Math.sqrt(rank) : rank));
  }

  const own = {
    peft_type: 'LORA',
    r: Math.max(...modules.map(({ rank }) => rank)),
    lora_alpha: Math.max(...Object.values(alphaPattern)),
    rank_pattern: rankPattern,
    alpha_pattern: alphaPattern,
    use_rslora,
    use_dora,
  };
  return peftFiles(origin, own, Object.keys(rankPattern), tensors);
}

/**
 * `adapter_config.json` and `adapter_model.safetensors`, the head with them.
 * @param own what the form of the adapter adds to its configuration
 * @param modules that have a layer
 * @param tensors of the layers, by their whole names
 */
export function peftFiles(
  { config, head, taskType, baseModel, revision }: PeftOrigin,
  own: Readonly<Record<string, unknown>>,
  modules: readonly string[],
  tensors: readonly [string, TensorArray][],
): FileBytes[] {
  const json = {
    ...own,
    task_type: taskType,
    base_model_name_or_path: baseModel,
    target_modules: modules,
    modules_to_save: head.size > 0 ? ['classifier'] : null,
    lora_dropout: 0,
    bias: 'none',
    // GPT-2's Conv1D keeps its weight as (in, out).
    fan_in_fan_out: config.family === 'gpt2',
    init_lora_weights: true,
    inference_mode: true,
    revision: revision ?? null,
  };
  const ofHead = [...head].map(([name, tensor]): [string, TensorArray] => [`${PREFIX}${name}`, tensor]);
  return [
    jsonFile('adapter_config.json', json),
    {
      name: 'adapter_model.safetensors',
      bytes: writeSafetensors([...tensors, ...ofHead], { format: 'pt' }),
    },
  ];
}

/**
 * diag(factors) A in the place of A, without the components whose factor is 0: what AdaLoRA's singular values and SoRA's gates
 * are in plain LoRA.
 * @param factors (rank)
 */
export function foldComponents<L extends Omit<PeftLayer, 'layer'>>(layer: L, factors: Float32Array): L {
  const { loraA, loraB } = layer;
  const [rank = 0, inSize = 0] = loraA.shape;
  const outSize = loraB.shape[0] ?? 0;
  const kept = [...factors.keys()].filter((j) => factors[j] !== 0);
  const a = new Float32Array(kept.length * inSize);
  const b = new Float32Array(outSize * kept.length);
  kept.forEach((j, at) => {
    for (let i = 0; i < inSize; i++)
      a[at * inSize + i] = (factors[j] as number) * (loraA.data[j * inSize + i] as number);
    for (let row = 0; row < outSize; row++) b[row * kept.length + at] = loraB.data[row * rank + j] as number;
  });
  return {
    ...layer,
    rank: kept.length,
    loraA: { shape: [kept.length, inSize], data: a },
    loraB: { shape: [outSize, kept.length], data: b },
  };
}

/** 16 / 3 · 3 must be written as 16. */
export const roundAlpha = (value: number) => Number(value.toPrecision(12));

function zeroLayer(layer: LayerName, size: number): PeftLayer {
  return {
    layer,
    rank: 1,
    loraA: { shape: [1, size], data: new Float32Array(size) },
    loraB: { shape: [size, 1], data: new Float32Array(size) },
    scaling: 1,
  };
}
