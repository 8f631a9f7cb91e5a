/** A Hugging Face RoBERTa checkpoint folder → named float32 arrays under canonical names, checked as a whole. */
import { baseName, type FileBytes, filesIn, findFile, folderOf, readJson, readText } from '../tensor/fileSet';
import { openSafetensors, openSharded, type TensorSource } from '../tensor/safetensors';
import {
  type HuggingFaceTokenizer,
  tokenizerFromJson,
  tokenizerFromVocabulary,
} from '../tokenizer/huggingface';
import { parseRobertaConfig, type RobertaConfig } from './config';
import type { ModelArrays, TensorArray } from './loadedModel';

/** Canonical names and shapes of everything the encoder needs; dense weights are (out, in) as PyTorch keeps them. */
export function expectedTensors(config: RobertaConfig): Map<string, number[]> {
  const { hiddenSize: d, intermediateSize: f } = config;
  const shapes = new Map<string, number[]>();
  const dense = (name: string, out: number, into: number) => {
    shapes.set(`roberta.${name}.weight`, [out, into]);
    shapes.set(`roberta.${name}.bias`, [out]);
  };
  const norm = (name: string) => {
    shapes.set(`roberta.${name}.weight`, [d]);
    shapes.set(`roberta.${name}.bias`, [d]);
  };
  shapes.set('roberta.embeddings.word_embeddings.weight', [config.vocabSize, d]);
  shapes.set('roberta.embeddings.position_embeddings.weight', [config.maxPositions, d]);
  shapes.set('roberta.embeddings.token_type_embeddings.weight', [config.typeVocabSize, d]);
  norm('embeddings.LayerNorm');
  for (let n = 0; n < config.layers; n++) {
    const layer = `encoder.layer.${n}`;
    for (const projection of ['query', 'key', 'value']) dense(`${layer}.attention.self.${projection}`, d, d);
    dense(`${layer}.attention.output.dense`, d, d);
    norm(`${layer}.attention.output.LayerNorm`);
    dense(`${layer}.intermediate.dense`, f, d);
    dense(`${layer}.output.dense`, d, f);
    norm(`${layer}.output.LayerNorm`);
  }
  return shapes;
}

/** Names and shapes of the sequence-classification head with L outputs. */
export function expectedHeadTensors(config: RobertaConfig): Map<string, number[]> {
  const { hiddenSize: d, numLabels } = config;
  return new Map([
    ['classifier.dense.weight', [d, d]],
    ['classifier.dense.bias', [d]],
    ['classifier.out_proj.weight', [numLabels, d]],
    ['classifier.out_proj.bias', [numLabels]],
  ]);
}

/** One name for one weight: with the `roberta.` prefix, LayerNorm with `weight` and `bias`. */
export function canonicalName(name: string): string {
  const renamed = name
    .replace(/LayerNorm\.gamma$/, 'LayerNorm.weight')
    .replace(/LayerNorm\.beta$/, 'LayerNorm.bias');
  return /^(embeddings|encoder)\./.test(renamed) ? `roberta.${renamed}` : renamed;
}

export interface ReadOptions {
  name: string;
  source: string;
}

/**
 * Reads a whole checkpoint folder: config.json, weights (one file or shards) and tokenizer.
 * @throws Error with one sentence naming file and place; nothing is returned half-read.
 */
export function readCheckpoint(files: readonly FileBytes[], options: ReadOptions): ModelArrays {
  const { config, folder, configName } = readConfig(files);
  const { tensors, notes } = readWeights(folder, config);
  const tokenizer = readTokenizer(folder, config);
  if (tokenizer.vocabularySize > config.vocabSize)
    throw new Error(
      `The tokenizer does not fit the model: it gives ids up to ${tokenizer.vocabularySize - 1} ` +
        `(${JSON.stringify(tokenizer.tokens([tokenizer.vocabularySize - 1])[0])}), but ${configName} says vocab_size ${config.vocabSize}. ` +
        'Take the tokenizer files of the same checkpoint.',
    );
  if (tokenizer.padId !== config.padTokenId)
    throw new Error(
      `The tokenizer does not fit the model: its padding token has id ${tokenizer.padId}, ` +
        `but ${configName} says pad_token_id ${config.padTokenId}. Take the tokenizer files of the same checkpoint.`,
    );
  return { config, tensors, tokenizer, notes, name: options.name, source: options.source };
}

/** The configuration and the folder it lies in, whose files belong to it. */
export function readConfig(files: readonly FileBytes[]): {
  config: RobertaConfig;
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
    config: parseRobertaConfig(readJson(file), file.name),
    configName: file.name,
    folder: filesIn(files, folderOf(file.name)),
  };
}

/** Opens `model.safetensors`, or the shards of its index, in one folder. */
function openWeights(folder: readonly FileBytes[]): TensorSource {
  const single = findFile(folder, 'model.safetensors');
  if (single) return openSafetensors(single);
  const index = findFile(folder, 'model.safetensors.index.json');
  if (index) return openSharded(index, folder);
  const old = folder.find((file) => /^pytorch_model.*\.bin$/.test(baseName(file.name)));
  if (old)
    throw new Error(
      `${old.name} is a PyTorch pickle, which cannot be read safely; save the model again with safe_serialization=True.`,
    );
  throw new Error('There is no model.safetensors (nor model.safetensors.index.json) beside config.json.');
}

/**
 * Every encoder weight, and the head where the checkpoint has a whole one. What no head here needs (language-model head,
 * pooler, position ids) is ignored.
 */
export function readWeights(
  folder: readonly FileBytes[],
  config: RobertaConfig,
): { tensors: Map<string, TensorArray>; notes: string[] } {
  const source = openWeights(folder);
  const stored = new Map<string, string>();
  for (const name of source.entries.keys()) stored.set(canonicalName(name), name);

  const take = (name: string, shape: number[]): TensorArray => {
    const original = stored.get(name);
    if (original === undefined)
      throw new Error(`${source.fileName}: tensor "${name}" of shape [${shape}] is missing.`);
    const found = source.entries.get(original)?.shape ?? [];
    if (found.length !== shape.length || found.some((size, i) => size !== shape[i]))
      throw new Error(
        `${source.fileName}: tensor "${original}" has shape [${found}], but config.json asks for [${shape}].`,
      );
    return { shape, data: source.float32(original) };
  };

  const tensors = new Map<string, TensorArray>();
  for (const [name, shape] of expectedTensors(config)) tensors.set(name, take(name, shape));
  const head = expectedHeadTensors(config);
  const absent = [...head.keys()].filter((name) => !stored.has(name));
  if (absent.length === 0) {
    for (const [name, shape] of head) tensors.set(name, take(name, shape));
    return { tensors, notes: [] };
  }
  const what = absent.length === head.size ? 'The classifier head' : absent.join(', ');
  return {
    tensors,
    notes: [
      `${what} ${absent.length > 1 && absent.length < head.size ? 'are' : 'is'} not in ${source.fileName}; a fresh head is initialised.`,
    ],
  };
}

/** `tokenizer.json`, or `vocab.json` with `merges.txt`, in one folder. */
export function readTokenizer(folder: readonly FileBytes[], config?: RobertaConfig): HuggingFaceTokenizer {
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
