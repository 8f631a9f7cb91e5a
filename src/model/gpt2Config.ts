/** GPT-2's `config.json`: read into camelCase with every value checked, and written back as Hugging Face spells it. */
import { configFields } from './configFields';

/** Shape and behaviour of a GPT-2 decoder. */
export interface Gpt2Config {
  family: 'gpt2';
  modelType: 'gpt2';
  vocabSize: number;
  /** n_embd */
  hiddenSize: number;
  /** n_layer: number of transformer blocks. */
  layers: number;
  /** n_head */
  heads: number;
  /** n_inner; 4 · n_embd where the file gives none. */
  intermediateSize: number;
  /** n_positions: rows of the position table, the longest input. */
  maxPositions: number;
  layerNormEps: number;
  /** GPT-2 has no padding token: the file's, else the end-of-text id; masked wherever it pads. */
  padTokenId: number;
  bosTokenId: number;
  eosTokenId: number;
  hiddenAct: 'gelu_new';
  /** embd_pdrop, attn_pdrop and resid_pdrop. */
  embeddingDropout: number;
  attentionDropout: number;
  residualDropout: number;
  initializerRange: number;
}

/**
 * Reads a parsed `config.json`.
 * @throws Error with one sentence: file, field, what it holds and what is supported.
 */
export function parseGpt2Config(json: unknown, fileName = 'config.json'): Gpt2Config {
  const { fail, number, integer, only } = configFields(json, fileName);
  only('model_type', 'gpt2');
  only('activation_function', 'gelu_new', ' (GELU by tanh)');
  only('scale_attn_weights', true);
  only('scale_attn_by_inverse_layer_idx', false);
  only('add_cross_attention', false);
  only('tie_word_embeddings', true);
  const hiddenSize = integer('n_embd');
  const heads = integer('n_head');
  if (hiddenSize % heads !== 0) fail(`"n_embd" ${hiddenSize} is not divisible by "n_head" ${heads}.`);
  const vocabSize = integer('vocab_size');
  const tokenId = (key: string, fallback: number) => {
    const id = integer(key, fallback, 0);
    return id < vocabSize ? id : fail(`"${key}" ${id} lies outside the vocabulary of ${vocabSize}.`);
  };
  const eosTokenId = tokenId('eos_token_id', vocabSize - 1);
  return {
    family: 'gpt2',
    modelType: 'gpt2',
    vocabSize,
    hiddenSize,
    layers: integer('n_layer'),
    heads,
    intermediateSize: integer('n_inner', 4 * hiddenSize),
    maxPositions: integer('n_positions'),
    layerNormEps: number('layer_norm_epsilon', 1e-5, 0, 1),
    padTokenId: tokenId('pad_token_id', eosTokenId),
    bosTokenId: tokenId('bos_token_id', eosTokenId),
    eosTokenId,
    hiddenAct: 'gelu_new',
    embeddingDropout: number('embd_pdrop', 0.1, 0, 1),
    attentionDropout: number('attn_pdrop', 0.1, 0, 1),
    residualDropout: number('resid_pdrop', 0.1, 0, 1),
    initializerRange: number('initializer_range', 0.02, 0, 10),
  };
}

/** The `config.json` object of a language model, as transformers reads it. */
export function gpt2ConfigToJson(config: Gpt2Config): Record<string, unknown> {
  return {
    architectures: ['GPT2LMHeadModel'],
    model_type: 'gpt2',
    vocab_size: config.vocabSize,
    n_embd: config.hiddenSize,
    n_layer: config.layers,
    n_head: config.heads,
    n_inner: config.intermediateSize === 4 * config.hiddenSize ? null : config.intermediateSize,
    n_positions: config.maxPositions,
    layer_norm_epsilon: config.layerNormEps,
    ...(config.padTokenId === config.eosTokenId ? {} : { pad_token_id: config.padTokenId }),
    bos_token_id: config.bosTokenId,
    eos_token_id: config.eosTokenId,
    activation_function: config.hiddenAct,
    embd_pdrop: config.embeddingDropout,
    attn_pdrop: config.attentionDropout,
    resid_pdrop: config.residualDropout,
    initializer_range: config.initializerRange,
    tie_word_embeddings: true,
  };
}
