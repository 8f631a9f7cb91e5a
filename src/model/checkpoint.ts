/** A Hugging Face checkpoint folder, RoBERTa or GPT-2, → named float32 arrays under canonical names, checked as a whole. */
import {
  baseName,
  bytesOf,
  type FileBlob,
  type FileBytes,
  filesIn,
  findFile,
  folderOf,
  readJson,
  readText,
} from '../tensor/fileSet';
import { openSafetensors, openSharded, type TensorEntry } from '../tensor/safetensors';
import { openSafetensorsBlob, openShardedBlobs } from '../tensor/safetensorsBlob';
import {
  type HuggingFaceTokenizer,
  tokenizerFromJson,
  tokenizerFromVocabulary,
} from '../tokenizer/huggingface';
import { type ModelConfig, parseModelConfig } from './config';
import type { ModelArrays, StoredModel, StoredTensor } from './loadedModel';
import { expectedTensors, sequenceHeadTensors, type TensorShapes, tokenHeadTensors } from './tensorShapes';

export { expectedTensors };

/** One name for one weight: with the prefix `roberta.` or `transformer.`, LayerNorm with `weight` and `bias`. */
export function canonicalName(name: string): string {
  const renamed = name
    .replace(/LayerNorm\.gamma$/, 'LayerNorm.weight')
    .replace(/LayerNorm\.beta$/, 'LayerNorm.bias');
  if (/^(embeddings|encoder)\./.test(renamed)) return `roberta.${renamed}`;
  return /^(wte|wpe|h|ln_f)\./.test(renamed) ? `transformer.${renamed}` : renamed;
}

export interface ReadOptions {
  name: string;
  source: string;
}

/** Configuration and tokenizer: small, and read whole. A cloned folder may hold other formats of hundreds of megabytes. */
const isSmall = (name: string) => /\.(json|txt|model)$/.test(name);

/**
 * Opens a checkpoint folder of any size: names, shapes and tokenizer are read and checked, values when they are asked for.
 * @throws Error with one sentence naming file and place.
 */
export async function openCheckpoint(files: readonly FileBlob[], options: ReadOptions): Promise<StoredModel> {
  const small = await Promise.all(
    files.map((file) =>
      isSmall(file.name) ? bytesOf(file) : { name: file.name, bytes: new ArrayBuffer(0) },
    ),
  );
  const { config, folder, configName } = readConfig(small);
  const weights = filesIn(files, folderOf(configName));
  const { file, index } = findWeights(weights);
  const source = index ? await openShardedBlobs(index, weights) : await openSafetensorsBlob(file);
  const { tensors, notes } = tensorsOf(source, config, (name, shape) => ({
    shape,
    read: () => source.float32(name),
  }));
  return { config, tensors, ...tokenizerOf(folder, config, configName), notes, ...options };
}

/** What a tokenizer consists of, in transformers' names. */
const tokenizerFile =
  /^(tokenizer\.json|tokenizer_config\.json|special_tokens_map\.json|added_tokens\.json|vocab\.json|merges\.txt)$/;

function tokenizerOf(folder: readonly FileBytes[], config: ModelConfig, configName: string) {
  return {
    tokenizer: fittingTokenizer(folder, config, configName),
    tokenizerFiles: folder
      .filter(({ name }) => tokenizerFile.test(baseName(name)))
      .map(({ name, bytes }) => ({ name: baseName(name), bytes })),
  };
}

/** @throws Error where tokenizer and model are not of one checkpoint */
function fittingTokenizer(
  folder: readonly FileBytes[],
  config: ModelConfig,
  configName: string,
): HuggingFaceTokenizer {
  const tokenizer = readTokenizer(folder, config);
  const fail = (what: string): never => {
    throw new Error(
      `The tokenizer does not fit the model: ${what}. Take the tokenizer files of the same checkpoint.`,
    );
  };
  if (tokenizer.vocabularySize > config.vocabSize)
    fail(
      `it gives ids up to ${tokenizer.vocabularySize - 1} ` +
        `(${JSON.stringify(tokenizer.tokens([tokenizer.vocabularySize - 1])[0])}), but ${configName} says vocab_size ${config.vocabSize}`,
    );
  if (config.family === 'gpt2' && tokenizer.eosId !== config.eosTokenId)
    fail(
      `its end-of-text token has id ${tokenizer.eosId}, but ${configName} says eos_token_id ${config.eosTokenId}`,
    );
  if (config.family === 'roberta' && tokenizer.padId !== config.padTokenId)
    fail(
      `its padding token has id ${tokenizer.padId}, but ${configName} says pad_token_id ${config.padTokenId}`,
    );
  return tokenizer;
}

/** The configuration and the folder it lies in, whose files belong to it. */
export function readConfig(files: readonly FileBytes[]): {
  config: ModelConfig;
  configName: string;
  folder: FileBytes[];
} {
  const file = findFile(files, 'config.json');
  if (!file) {
    const names = files.map((f) => baseName(f.name)).slice(0, 6);
    throw new Error(
      `There is no config.json among the ${files.length} files (${names.join(', ') || 'none'}); ` +
        'choose the folder of a Hugging Face checkpoint.',
    );
  }
  return {
    config: parseModelConfig(readJson(file), file.name),
    configName: file.name,
    folder: filesIn(files, folderOf(file.name)),
  };
}

/** `model.safetensors`, or the index of its shards, in one folder. */
function findWeights<F extends { name: string }>(
  folder: readonly F[],
): { file: F; index?: undefined } | { index: F; file?: undefined } {
  const file = findFile(folder, 'model.safetensors');
  if (file) return { file };
  const index = findFile(folder, 'model.safetensors.index.json');
  if (index) return { index };
  const old = folder.find(({ name }) => /^pytorch_model.*\.bin$/.test(baseName(name)));
  if (old)
    throw new Error(
      `${old.name} is a PyTorch pickle, which cannot be read safely; save the model again with safe_serialization=True.`,
    );
  throw new Error('There is no model.safetensors (nor model.safetensors.index.json) beside config.json.');
}

/** All weights of a folder that is in memory. */
export function readWeights(
  folder: readonly FileBytes[],
  config: ModelConfig,
): Pick<ModelArrays, 'tensors' | 'notes'> {
  const { file, index } = findWeights(folder);
  const source = index ? openSharded(index, folder) : openSafetensors(file);
  return tensorsOf(source, config, (name, shape) => ({ shape, data: source.float32(name) }));
}

/**
 * Every weight of the model, and its task head where the checkpoint has a whole one. What no head here needs
 * (RoBERTa's language-model head, pooler and position ids; GPT-2's attention masks and `lm_head.weight`, which is
 * `wte`) is ignored.
 */
function tensorsOf<T extends StoredTensor>(
  source: { fileName: string; entries: ReadonlyMap<string, TensorEntry> },
  config: ModelConfig,
  tensorAt: (name: string, shape: number[]) => T,
): { tensors: Map<string, T>; notes: string[] } {
  const stored = new Map<string, string>();
  for (const name of source.entries.keys()) stored.set(canonicalName(name), name);

  const take = (name: string, shape: number[]): T => {
    const original = stored.get(name);
    if (original === undefined)
      throw new Error(`${source.fileName}: tensor "${name}" of shape [${shape}] is missing.`);
    const found = source.entries.get(original)?.shape ?? [];
    if (found.length !== shape.length || found.some((size, i) => size !== shape[i]))
      throw new Error(
        `${source.fileName}: tensor "${original}" has shape [${found}], but config.json asks for [${shape}].`,
      );
    return tensorAt(original, shape);
  };

  const tensors = new Map<string, T>();
  for (const [name, shape] of expectedTensors(config)) tensors.set(name, take(name, shape));
  if (config.family === 'gpt2') return { tensors, notes: [] };
  const absentFrom = (head: TensorShapes) => [...head.keys()].filter((name) => !stored.has(name));
  const heads = [sequenceHeadTensors, tokenHeadTensors].map((of) => of(config.hiddenSize, config.numLabels));
  const whole = heads.find((head) => absentFrom(head).length === 0);
  if (whole) {
    for (const [name, shape] of whole) tensors.set(name, take(name, shape));
    return { tensors, notes: [] };
  }
  // That a head is fresh is said where a task needs one (taskModel.ts); here only what is odd about the file.
  const half = heads.find((head) => absentFrom(head).length < head.size);
  const absent = half ? absentFrom(half) : [];
  const notes = half
    ? [
        `${absent.join(', ')} ${absent.length > 1 ? 'are' : 'is'} not in ${source.fileName}: what is there of a head is not used.`,
      ]
    : [];
  return { tensors, notes };
}

/** `tokenizer.json`, or `vocab.json` with `merges.txt`, in one folder. */
export function readTokenizer(folder: readonly FileBytes[], config?: ModelConfig): HuggingFaceTokenizer {
  const special = config && { pad: config.padTokenId, bos: config.bosTokenId, eos: config.eosTokenId };
  const settings = findFile(folder, 'tokenizer_config.json');
  const tokenizerConfig = settings ? readJson(settings) : undefined;
  const whole = findFile(folder, 'tokenizer.json');
  if (whole) return tokenizerFromJson(readJson(whole), tokenizerConfig, { fileName: whole.name, special });
  const vocab = findFile(folder, 'vocab.json');
  const merges = findFile(folder, 'merges.txt');
  if (!vocab || !merges) {
    const missing = vocab ? 'merges.txt is' : merges ? 'vocab.json is' : 'The tokenizer files are';
    throw new Error(
      `${missing} missing: add tokenizer.json, or vocab.json and merges.txt, to the model's folder.`,
    );
  }
  return tokenizerFromVocabulary(readJson(vocab), readText(merges), {
    vocabFile: vocab.name,
    mergesFile: merges.name,
    tokenizerConfig,
    special,
  });
}
