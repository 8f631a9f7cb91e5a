/** Reading a PEFT adapter folder (LoRA, AdaLoRA) into plain arrays, with PEFT's own rules of scaling and of patterns. */
import type { TensorArray } from '../model/loadedModel';
import { type FileBytes, filesIn, findFile, folderOf, readJson } from '../tensor/fileSet';
import { openSafetensors, type TensorSource } from '../tensor/safetensors';
import { type PeftAdapter, PREFIX } from './peft';
import { foldTriplets } from './peftAdalora';
import { blockOfFused, splitFused, untouchedParts } from './peftFused';
import { compareLayers, layerOfModule } from './rankPattern';

/** Options of PEFT that change what a layer computes, with the values under which it is LoRA, rsLoRA or DoRA. */
const PLAIN: Record<string, readonly unknown[]> = {
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
  // The others (PiSSA, OLoRA, CorDA, …) change the base weights too.
  init_lora_weights: [true, false, 'gaussian', 'orthogonal', 'eva'],
};

const LORA_TENSOR = /^(.+)\.lora_([AB])(?:\.default)?\.weight$/;
const TRIPLET_TENSOR = /^(.+)\.lora_([ABE])(?:\.default)?$/;

/** Parts of one module's name in the file. */
interface ModuleTensors {
  A?: string;
  B?: string;
  /** AdaLoRA's singular values. */
  E?: string;
  magnitude?: string;
}

/**
 * Reads an adapter folder.
 * @throws Error with one sentence: file, option or tensor, and what is supported.
 */
export function readPeftAdapter(files: readonly FileBytes[]): PeftAdapter {
  const file = findFile(files, 'adapter_config.json');
  if (!file) throw new Error('There is no adapter_config.json; choose the folder that PEFT wrote.');
  const json = readJson(file) as Record<string, unknown>;
  if (json?.peft_type !== 'LORA' && json?.peft_type !== 'ADALORA')
    throw new Error(
      `${file.name}: "peft_type" is ${JSON.stringify(json?.peft_type)}; only "LORA" and "ADALORA" are supported.`,
    );
  for (const [key, plain] of Object.entries(PLAIN)) {
    const value = json[key];
    if (value !== undefined && value !== null && !plain.includes(value))
      throw new Error(
        `${file.name}: "${key}" is ${JSON.stringify(value)}, which is not supported: only LoRA, rsLoRA and DoRA are.`,
      );
  }
  const beside = filesIn(files, folderOf(file.name));
  const weights = findFile(beside, 'adapter_model.safetensors');
  if (!weights)
    throw new Error(
      findFile(beside, 'adapter_model.bin')
        ? 'adapter_model.bin is a PyTorch pickle, which cannot be read safely; save the adapter again with safe_serialization=True.'
        : `There is no adapter_model.safetensors beside ${file.name}.`,
    );
  const source = openSafetensors(weights);

  const variant = { use_rslora: json.use_rslora === true, use_dora: json.use_dora === true };
  const modules = new Map<string, ModuleTensors>();
  const head = new Map<string, TensorArray>();
  for (const name of source.entries.keys()) {
    const bare = name.startsWith(PREFIX) ? name.slice(PREFIX.length) : name;
    const lora = (json.peft_type === 'ADALORA' ? TRIPLET_TENSOR : LORA_TENSOR).exec(bare);
    if (lora) {
      const [, module, letter] = lora as unknown as [string, string, 'A' | 'B' | 'E'];
      modules.set(module, { ...modules.get(module), [letter]: name });
      continue;
    }
    const magnitude = /^(.+)\.lora_magnitude_vector(?:\.default)?(?:\.weight)?$/.exec(bare);
    if (magnitude) {
      if (!variant.use_dora)
        throw new Error(
          `${source.fileName}: tensor "${name}" is DoRA's, but ${file.name} does not say use_dora.`,
        );
      const module = magnitude[1] as string;
      modules.set(module, { ...modules.get(module), magnitude: name });
    } else if (bare.startsWith('classifier.') && !bare.startsWith('classifier.original_module.')) {
      const plain = bare.replace(/^classifier\.modules_to_save\.default\./, 'classifier.');
      head.set(plain, tensorAt(source, name));
    } else {
      throw new Error(
        `${source.fileName}: tensor "${name}" belongs to no LoRA layer and no classifier head.`,
      );
    }
  }
  if (modules.size === 0) throw new Error(`${source.fileName} holds no LoRA layer.`);
  const untouched: PeftAdapter['untouched'] = [];
  const layers = [...modules].flatMap(([module, names]) => {
    if (variant.use_dora && !names.magnitude)
      throw new Error(`${source.fileName}: "${module}" has no lora_magnitude_vector, which DoRA needs.`);
    const read = readLayers(json, file.name, source, module, names);
    untouched.push(...read.untouched);
    return read.layers;
  });
  layers.sort((a, b) => compareLayers(a.layer, b.layer));
  return {
    layers,
    ranks: layers.map(({ layer, rank }) => ({ layer, rank })),
    head,
    taskType: typeof json.task_type === 'string' ? json.task_type : null,
    baseModel: typeof json.base_model_name_or_path === 'string' ? json.base_model_name_or_path : null,
    variant,
    untouched,
  };
}

function tensorAt(source: TensorSource, name: string): TensorArray {
  return { shape: [...(source.entries.get(name)?.shape ?? [])], data: source.float32(name) };
}

/** The LoRA layer of a module; of a fused `c_attn`, those of its parts. */
function readLayers(
  json: Record<string, unknown>,
  configName: string,
  source: TensorSource,
  module: string,
  { A: a, B: b, E: e, magnitude: m }: ModuleTensors,
): Pick<PeftAdapter, 'layers' | 'untouched'> {
  const block = blockOfFused(module);
  const layer = module.startsWith('roberta.') ? layerOfModule(module) : undefined;
  if (!layer && block === undefined)
    throw new Error(
      `${source.fileName}: the adapter changes "${module}"; only query, key and value projections of RoBERTa and GPT-2's c_attn are supported.`,
    );
  if (!a || !b) throw new Error(`${source.fileName}: "${module}" has no lora_${a ? 'B' : 'A'}.`);
  const loraA = tensorAt(source, a);
  const loraB = tensorAt(source, b);
  if (json.peft_type === 'ADALORA') {
    if (!e) throw new Error(`${source.fileName}: "${module}" has no lora_E.`);
    const folded = foldTriplets({ loraA, loraB, loraE: tensorAt(source, e) }, json, {
      module,
      file: source.fileName,
      configName,
    });
    if (folded.rank === 0) return { layers: [], untouched: [] };
    return { layers: layer ? [{ ...folded, layer }] : splitFused(block ?? '', folded), untouched: [] };
  }
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
  const magnitude = m === undefined ? undefined : tensorAt(source, m);
  if (magnitude && magnitude.data.length !== loraB.shape[0])
    throw new Error(
      `${source.fileName}: "${m}" has shape [${magnitude.shape}], but lora_B has ${loraB.shape[0]} rows.`,
    );
  const scaling = json.use_rslora === true ? alpha / Math.sqrt(rank) : alpha / rank;
  const matrices = { loraA, loraB, scaling, ...(magnitude && { magnitude }) };
  if (layer) return { layers: [{ layer, rank, ...matrices }], untouched: [] };
  const layers = splitFused(block ?? '', matrices);
  return { layers, untouched: magnitude ? untouchedParts(module, layers, magnitude.data) : [] };
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
  const key = Object.keys(pattern).find((name) => endsAs(module, name, `${configName}: "${patternKey}"`));
  const value = key === undefined ? json[defaultKey] : pattern[key];
  if (typeof value !== 'number' || !(value > 0))
    throw new Error(
      `${configName}: "${key === undefined ? defaultKey : `${patternKey}.${key}`}" is ${JSON.stringify(value)}; expected a positive number.`,
    );
  return value;
}

/** Python's spelling of what JavaScript writes otherwise. */
const asJavaScript = (pattern: string) =>
  pattern
    .replaceAll('(?P<', '(?<')
    .replace(/\(\?P=(\w+)\)/g, '\\k<$1>')
    .replace(/\\A/g, '^')
    .replace(/\\Z/g, '$');

/** @param where the pattern stands, for the error @throws Error where JavaScript has no such regular expression */
function endsAs(module: string, pattern: string, where: string): boolean {
  if (module === pattern || module.endsWith(`.${pattern}`)) return true;
  try {
    return new RegExp(`^(?:.*\\.)?(?:${asJavaScript(pattern)})$`).test(module);
  } catch {
    throw new Error(
      `${where} has the key "${pattern}", a regular expression that this program cannot read: name the module itself there, or its end.`,
    );
  }
}
