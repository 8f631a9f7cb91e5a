/** A random RoBERTa or GPT-2 of any size with a toy vocabulary, as plain arrays: for tests and benchmarks without a checkpoint. */
import {
  type Gpt2Config,
  type ModelConfig,
  parseGpt2Config,
  parseRobertaConfig,
  type RobertaConfig,
} from '../model/config';
import type { ModelArrays } from '../model/loadedModel';
import { randomWeight } from '../model/randomWeights';
import { expectedTensors } from '../model/tensorShapes';
import { hashKey, RandomStream } from '../random/stream';
import type { Tokenizer } from '../tokenizer/tokenizer';

export interface TinyShape {
  vocabSize: number;
  layers: number;
  hiddenSize: number;
  heads: number;
  intermediateSize: number;
  maxPositions: number;
}

type RandomModel<C extends ModelConfig> = ModelArrays & { config: C };

export const TINY_SHAPE: TinyShape = {
  vocabSize: 64,
  layers: 2,
  hiddenSize: 16,
  heads: 2,
  intermediateSize: 32,
  maxPositions: 40,
};

/** Words to ids by hash: no vocabulary to load, the same ids everywhere. */
export function hashingTokenizer(vocabSize: number): Tokenizer {
  const idOf = (word: string) =>
    5 + (hashKey(...[...word].map((c) => c.codePointAt(0) ?? 0)) % (vocabSize - 5));
  return {
    vocabularySize: vocabSize,
    padId: 1,
    bosId: 0,
    eosId: 2,
    unkId: 3,
    maskId: 4,
    encode(text, pair, { maxLength = 512, addSpecialTokens = true } = {}) {
      const words = `${text} ${pair ?? ''}`.trim().split(/\s+/).map(idOf);
      return addSpecialTokens ? [0, ...words.slice(0, maxLength - 2), 2] : words.slice(0, maxLength);
    },
    encodeWords(words, { maxLength = 512 } = {}) {
      const kept = words.slice(0, maxLength - 2);
      return { ids: [0, ...kept.map(idOf), 2], wordIds: [null, ...kept.keys(), null] };
    },
    decode: (ids) => ids.join(' '),
    tokens: (ids) => ids.map(String),
  };
}

export function tinyModel(shape: TinyShape = TINY_SHAPE, seed = 7): RandomModel<RobertaConfig> {
  const config = parseRobertaConfig({
    model_type: 'roberta',
    vocab_size: shape.vocabSize,
    hidden_size: shape.hiddenSize,
    num_hidden_layers: shape.layers,
    num_attention_heads: shape.heads,
    intermediate_size: shape.intermediateSize,
    max_position_embeddings: shape.maxPositions,
    type_vocab_size: 1,
    layer_norm_eps: 1e-5,
    pad_token_id: 1,
    bos_token_id: 0,
    eos_token_id: 2,
    hidden_act: 'gelu',
    hidden_dropout_prob: 0.1,
    attention_probs_dropout_prob: 0.1,
    initializer_range: 0.08,
  });
  return randomModel(config, hashingTokenizer(shape.vocabSize), seed);
}

export function tinyGpt2(shape: TinyShape = TINY_SHAPE, seed = 7): RandomModel<Gpt2Config> {
  const endOfText = shape.vocabSize - 1;
  const config = parseGpt2Config({
    model_type: 'gpt2',
    vocab_size: shape.vocabSize,
    n_embd: shape.hiddenSize,
    n_layer: shape.layers,
    n_head: shape.heads,
    n_inner: shape.intermediateSize,
    n_positions: shape.maxPositions,
    bos_token_id: endOfText,
    eos_token_id: endOfText,
    initializer_range: 0.08,
  });
  return randomModel(config, gpt2HashingTokenizer(shape.vocabSize), seed);
}

/** No special token is added to a text, and end-of-text, the last id, is no word. */
function gpt2HashingTokenizer(vocabSize: number): Tokenizer {
  const tokenizer = hashingTokenizer(vocabSize - 1);
  const endOfText = vocabSize - 1;
  return {
    ...tokenizer,
    vocabularySize: vocabSize,
    padId: endOfText,
    bosId: endOfText,
    eosId: endOfText,
    unkId: endOfText,
    maskId: undefined,
    encode: (text, pair, options) => tokenizer.encode(text, pair, { ...options, addSpecialTokens: false }),
  };
}

function randomModel<C extends ModelConfig>(config: C, tokenizer: Tokenizer, seed: number): RandomModel<C> {
  const tensors = new Map(
    [...expectedTensors(config)].map(([name, size], i) => [
      name,
      { shape: size, data: randomWeight(name, size, config, RandomStream.of(seed, 'weights', i)) },
    ]),
  );
  return { config, tensors, tokenizer, name: 'tiny', source: 'random', notes: [] };
}
