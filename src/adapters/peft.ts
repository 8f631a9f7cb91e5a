/**
 * PEFT LoRA adapters for RoBERTa and GPT-2, `adapter_config.json` + `adapter_model.safetensors`, there and back in plain arrays
 * (METHOD §6; read against PEFT 0.21).
 */
import type { ModelConfig } from '../model/config';
import type { TensorArray } from '../model/loadedModel';
import type { LayerName, LayerRank } from '../telemetry/events';
import { type FileBytes, filesIn, findFile, folderOf, readJson } from '../tensor/fileSet';
import { openSafetensors, type TensorSource, writeSafetensors } from '../tensor/safetensors';
import { blockOfFused, type FusedLayer, fuseLayers, splitFused } from './peftFused';
import { compareLayers, layerOfModule, moduleOfLayer } from './rankPattern';

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
}

export type PeftTaskType = 'SEQ_CLS' | 'TOKEN_CLS' | 'CAUSAL_LM';

export interface PeftExport {
  config: Pick<ModelConfig, 'family' | 'hiddenSize'>;
  layers: readonly PeftLayer[];
  /** Every `classifier.…` tensor of the trained head; none for GPT-2. */
  head: ReadonlyMap<string, TensorArray>;
  taskType: PeftTaskType;
  /** Name or path of the model that the adapter belongs to. */
  baseModel: string;
  /** Commit of the base model on the Hub, where it is known. */
  revision?: string;
}

export interface PeftAdapter {
  /** In the order of blocks, query before value; only layers of rank > 0. */
  layers: PeftLayer[];
  ranks: LayerRank[];
  /** `classifier.…` tensors of `modules_to_save`; empty where the adapter brings no head. */
  head: Map<string, TensorArray>;
  taskType: string | null;
  baseModel: string | null;
}

const PREFIX = 'base_model.model.';

/**
 * The two files that `PeftModel.from_pretrained` loads. Every layer stands in rank_pattern and alpha_pattern, with
 * alpha = scaling · rank, so that PEFT's alpha / r is the scaling of training.
 */
export function writePeftAdapter({
  config,
  layers,
  head,
  taskType,
  baseModel,
  revision,
}: PeftExport): FileBytes[] {
  const sorted = [...layers].sort((a, b) => compareLayers(a.layer, b.layer));
  let adapted = sorted.filter(({ rank }) => rank > 0);
  const first = sorted[0];
  // PEFT refuses an adapter without modules; a rank-1 layer of zeros says the same thing.
  if (adapted.length === 0 && first) adapted = [zeroLayer(first.layer, config.hiddenSize)];

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
      ? fuseLayers(adapted, config.hiddenSize).map((fused) => ({ ...fused, scaling: 1 }))
      : adapted.map(({ layer, ...rest }) => ({ ...rest, module: moduleOfLayer(layer) }));
  for (const { module, rank, loraA, loraB, scaling } of modules) {
    tensors.push([`${PREFIX}${module}.lora_A.weight`, loraA], [`${PREFIX}${module}.lora_B.weight`, loraB]);
    rankPattern[module] = rank;
    alphaPattern[module] = roundAlpha(scaling * rank);
  }
  for (const [name, tensor] of head) tensors.push([`${PREFIX}${name}`, tensor]);

  const widest = Math.max(...modules.map(({ rank }) => rank));
  const json = {
    peft_type: 'LORA',
    task_type: taskType,
    base_model_name_or_path: baseModel,
    r: widest,
    lora_alpha: Math.max(...Object.values(alphaPattern)),
    rank_pattern: rankPattern,
    alpha_pattern: alphaPattern,
    target_modules: Object.keys(rankPattern),
    modules_to_save: head.size > 0 ? ['classifier'] : null,
    lora_dropout: 0,
    bias: 'none',
    // GPT-2's Conv1D keeps its weight as (in, out).
    fan_in_fan_out: config.family === 'gpt2',
    init_lora_weights: true,
    use_rslora: false,
    use_dora: false,
    inference_mode: true,
    revision: revision ?? null,
  };
  return [
    {
      name: 'adapter_config.json',
      bytes: new TextEncoder().encode(`${JSON.stringify(json, null, 2)}\n`).buffer as ArrayBuffer,
    },
    { name: 'adapter_model.safetensors', bytes: writeSafetensors(tensors, { format: 'pt' }) },
  ];
}

/** 16 / 3 · 3 must be written as 16. */
const roundAlpha = (value: number) => Number(value.toPrecision(12));

function zeroLayer(layer: LayerName, size: number): PeftLayer {
  return {
    layer,
    rank: 1,
    loraA: { shape: [1, size], data: new Float32Array(size) },
    loraB: { shape: [size, 1], data: new Float32Array(size) },
    scaling: 1,
  };
}

/** Options of PEFT that change what a layer computes, with the one value under which it is plain LoRA. */
const PLAIN: Record<string, readonly unknown[]> = {
  use_dora: [false],
  use_qalora: [false],
  use_bdlora: [false],
  lora_bias: [false],
  bias: ['none'],
  layer_replication: [],
  alora_invocation_tokens: [],
  trainable_token_indices: [],
  target_parameters: [],
  arrow_config: [],
  kasa_config: [],
  monteclora_config: [],
  velora_config: [],
};

/**
 * Reads an adapter folder.
 * @throws Error with one sentence: file, option or tensor, and what is supported.
 */
export function readPeftAdapter(files: readonly FileBytes[]): PeftAdapter {
  const file = findFile(files, 'adapter_config.json');
  if (!file) throw new Error('There is no adapter_config.json; choose the folder that PEFT wrote.');
  const json = readJson(file) as Record<string, unknown>;
  if (json?.peft_type !== 'LORA')
    throw new Error(
      `${file.name}: "peft_type" is ${JSON.stringify(json?.peft_type)}; only "LORA" is supported.`,
    );
  for (const [key, plain] of Object.entries(PLAIN)) {
    const value = json[key];
    if (value !== undefined && value !== null && !plain.includes(value))
      throw new Error(
        `${file.name}: "${key}" is ${JSON.stringify(value)}, which is not supported: only plain LoRA is.`,
      );
  }
  const weights = findFile(filesIn(files, folderOf(file.name)), 'adapter_model.safetensors');
  if (!weights) throw new Error(`There is no adapter_model.safetensors beside ${file.name}.`);
  const source = openSafetensors(weights);

  const modules = new Map<string, { A?: string; B?: string }>();
  const head = new Map<string, TensorArray>();
  for (const name of source.entries.keys()) {
    const bare = name.startsWith(PREFIX) ? name.slice(PREFIX.length) : name;
    const lora = /^(.+)\.lora_([AB])(?:\.default)?\.weight$/.exec(bare);
    if (lora) {
      const [, module, letter] = lora as unknown as [string, string, 'A' | 'B'];
      modules.set(module, { ...modules.get(module), [letter]: name });
    } else if (bare.startsWith('classifier.') && !bare.startsWith('classifier.original_module.')) {
      const plain = bare.replace(/^classifier\.modules_to_save\.default\./, 'classifier.');
      head.set(plain, tensorAt(source, name));
    } else {
      throw new Error(
        `${source.fileName}: tensor "${name}" belongs to no LoRA layer and no classifier head.`,
      );
    }
  }
  const layers = [...modules].flatMap(([module, { A, B }]) =>
    readLayers(json, file.name, source, module, A, B),
  );
  layers.sort((a, b) => compareLayers(a.layer, b.layer));
  return {
    layers,
    ranks: layers.map(({ layer, rank }) => ({ layer, rank })),
    head,
    taskType: typeof json.task_type === 'string' ? json.task_type : null,
    baseModel: typeof json.base_model_name_or_path === 'string' ? json.base_model_name_or_path : null,
  };
}

function tensorAt(source: TensorSource, name: string): TensorArray {
  return { shape: [...(source.entries.get(name)?.shape ?? [])], data: source.float32(name) };
}

/** The LoRA layer of a module; of a fused `c_attn`, those of its query and its value. */
function readLayers(
  json: Record<string, unknown>,
  configName: string,
  source: TensorSource,
  module: string,
  a: string | undefined,
  b: string | undefined,
): PeftLayer[] {
  const block = blockOfFused(module);
  const layer = module.startsWith('roberta.') ? layerOfModule(module) : undefined;
  if (!layer && block === undefined)
    throw new Error(
      `${source.fileName}: the adapter changes "${module}"; only query and value projections of RoBERTa and GPT-2's c_attn are supported.`,
    );
  if (!a || !b) throw new Error(`${source.fileName}: "${module}" has no lora_${a ? 'B' : 'A'}.`);
  const loraA = tensorAt(source, a);
  const loraB = tensorAt(source, b);
  const rank = patternValue(json, 'rank_pattern', 'r', module, configName);
  const alpha = patternValue(json, 'alpha_pattern', 'lora_alpha', module, configName);
  if (
    loraA.shape.length !== 2 ||
    loraB.shape.length !== 2 ||
    loraA.shape[0] !== rank ||
    loraB.shape[1] !== rank
  )
    throw new Error(
      `${source.fileName}: "${module}" has lora_A of shape [${loraA.shape}] and lora_B of shape [${loraB.shape}], ` +
        `but ${configName} gives it rank ${rank}.`,
    );
  const scaling = json.use_rslora === true ? alpha / Math.sqrt(rank) : alpha / rank;
  if (layer) return [{ layer, rank, loraA, loraB, scaling }];
  return splitFused(block ?? '', { loraA, loraB, scaling }, source.fileName);
}

/** A module's own value, or the default: PEFT takes a pattern's key as a regular expression for the name's end. */
function patternValue(
  json: Record<string, unknown>,
  patternKey: string,
  defaultKey: string,
  module: string,
  configName: string,
): number {
  const pattern = (json[patternKey] ?? {}) as Record<string, unknown>;
  const key = Object.keys(pattern).find((name) => endsAs(module, name));
  const value = key === undefined ? json[defaultKey] : pattern[key];
  if (typeof value !== 'number' || !(value > 0))
    throw new Error(
      `${configName}: "${key === undefined ? defaultKey : `${patternKey}.${key}`}" is ${JSON.stringify(value)}; expected a positive number.`,
    );
  return value;
}

function endsAs(module: string, pattern: string): boolean {
  try {
    return new RegExp(`^(?:.*\\.)?(?:${pattern})$`).test(module);
  } catch {
    return module === pattern || module.endsWith(`.${pattern}`);
  }
}
