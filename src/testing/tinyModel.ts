/** A random RoBERTa of any size with a toy vocabulary, as plain arrays: for tests and benchmarks without a checkpoint. */
import { expectedTensors } from '../model/checkpoint';
import { randomWeight } from '../model/classifier';
import { parseRobertaConfig } from '../model/config';
import type { ModelArrays } from '../model/loadedModel';
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
    decode: (ids) => ids.join(' '),
    tokens: (ids) => ids.map(String),
  };
}

export function tinyModel(shape: TinyShape = TINY_SHAPE, seed = 7): ModelArrays {
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
  const tensors = new Map(
    [...expectedTensors(config)].map(([name, size], i) => [
      name,
      { shape: size, data: randomWeight(name, size, config, RandomStream.of(seed, 'weights', i)) },
    ]),
  );
  return {
    config,
    tensors,
    tokenizer: hashingTokenizer(shape.vocabSize),
    name: 'tiny',
    source: 'random',
    notes: [],
  };
}
