/** config.json is read as transformers reads it, and every unsupported value is named. */
import { describe, expect, it } from 'vitest';
import { longestInput, parseRobertaConfig, robertaConfigToJson } from './config';

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
