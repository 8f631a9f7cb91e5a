/** config.json is read as transformers reads it, and every unsupported value is named. */
import { describe, expect, it } from 'vitest';
import {
  gpt2ConfigToJson,
  longestInput,
  modelConfigToJson,
  parseGpt2Config,
  parseModelConfig,
  parseRobertaConfig,
  robertaConfigToJson,
} from './config';

const base = {
  model_type: 'roberta',
  vocab_size: 128,
  hidden_size: 32,
  num_hidden_layers: 2,
  num_attention_heads: 4,
  intermediate_size: 64,
  max_position_embeddings: 66,
  layer_norm_eps: 1e-5,
};

describe('parseRobertaConfig', () => {
  it('reads the fields and fills what transformers defaults', () => {
    const config = parseRobertaConfig(base);
    expect(config).toMatchObject({ vocabSize: 128, layers: 2, heads: 4, padTokenId: 1, typeVocabSize: 1 });
    expect(config.numLabels).toBe(2);
    expect(config.classifierDropout).toBe(0.1);
    expect(longestInput(config)).toBe(64);
  });

  it('takes the label count from num_labels before id2label', () => {
    const id2label = { 0: 'a', 1: 'b', 2: 'c' };
    expect(parseRobertaConfig({ ...base, id2label }).numLabels).toBe(3);
    expect(parseRobertaConfig({ ...base, id2label }).labelNames).toEqual(['a', 'b', 'c']);
    expect(parseRobertaConfig({ ...base, id2label, num_labels: 5 })).toMatchObject({
      numLabels: 5,
      labelNames: undefined,
    });
  });

  it('writes back what it read', () => {
    const config = parseRobertaConfig({ ...base, num_labels: 1, problem_type: 'regression' });
    const again = parseRobertaConfig(robertaConfigToJson(config));
    expect(again).toEqual({ ...config, labelNames: ['LABEL_0'] });
  });

  it.each([
    [{ model_type: 'bert' }, '"model_type" is "bert"'],
    [{ model_type: undefined }, '"model_type" is missing'],
    [{ hidden_act: 'relu' }, '"hidden_act" is "relu"'],
    [{ position_embedding_type: 'relative_key' }, '"position_embedding_type"'],
    [{ vocab_size: undefined }, '"vocab_size" is missing'],
    [{ hidden_size: 30 }, 'not divisible'],
    [{ num_hidden_layers: 1.5 }, 'whole number'],
    [{ problem_type: 'multi_label_classification' }, '"problem_type"'],
    [{ pad_token_id: 500 }, 'outside the vocabulary'],
    [{ id2label: { 0: 'a', 2: 'c' } }, 'no name for class 1'],
  ])('names what is wrong in %j', (change, message) => {
    expect(() => parseRobertaConfig({ ...base, ...change }, 'my/config.json')).toThrow(message);
    expect(() => parseRobertaConfig({ ...base, ...change }, 'my/config.json')).toThrow('my/config.json: ');
  });
});

describe('parseGpt2Config', () => {
  const gpt2 = { model_type: 'gpt2', vocab_size: 128, n_embd: 32, n_layer: 2, n_head: 4, n_positions: 64 };

  it('reads the fields and fills what transformers defaults', () => {
    const config = parseGpt2Config({ ...gpt2, n_inner: null, eos_token_id: 127, pad_token_id: null });
    expect(config).toMatchObject({ family: 'gpt2', hiddenSize: 32, intermediateSize: 128, layers: 2 });
    expect(config).toMatchObject({ layerNormEps: 1e-5, eosTokenId: 127, bosTokenId: 127, padTokenId: 127 });
    expect(longestInput(config)).toBe(64);
  });

  it('writes back what it read', () => {
    const config = parseGpt2Config({ ...gpt2, n_inner: 48, pad_token_id: 5, resid_pdrop: 0 });
    expect(parseGpt2Config(gpt2ConfigToJson(config))).toEqual(config);
    expect(parseModelConfig(modelConfigToJson(config))).toEqual(config);
    expect(gpt2ConfigToJson(parseGpt2Config(gpt2)).n_inner).toBeNull();
  });

  it.each([
    [{ activation_function: 'relu' }, '"activation_function" is "relu"; only "gelu_new"'],
    [{ scale_attn_weights: false }, '"scale_attn_weights" is false'],
    [{ scale_attn_by_inverse_layer_idx: true }, '"scale_attn_by_inverse_layer_idx" is true'],
    [{ add_cross_attention: true }, '"add_cross_attention" is true'],
    [{ tie_word_embeddings: false }, '"tie_word_embeddings" is false'],
    [{ n_embd: 30 }, '"n_embd" 30 is not divisible by "n_head" 4'],
    [{ eos_token_id: 128 }, '"eos_token_id" 128 lies outside the vocabulary of 128'],
    [{ n_positions: undefined }, '"n_positions" is missing'],
  ])('names what is wrong in %j', (change, message) => {
    expect(() => parseGpt2Config({ ...gpt2, ...change }, 'my/config.json')).toThrow(
      `my/config.json: ${message}`,
    );
  });
});

describe('parseModelConfig', () => {
  it('goes by the model type', () => {
    expect(parseModelConfig(base).family).toBe('roberta');
    expect(() => parseModelConfig({ ...base, model_type: 'bert' })).toThrow(
      'config.json: "model_type" is "bert"; this program reads roberta and gpt2.',
    );
    expect(() => parseModelConfig([])).toThrow('expected a JSON object');
  });
});
