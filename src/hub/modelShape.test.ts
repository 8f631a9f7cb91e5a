/** Parameters as the models' own papers and files count them; memory as the engine was measured. */
import { describe, expect, it } from 'vitest';
import { estimateMemory, readModelShape } from './modelShape';

const roberta = {
  model_type: 'roberta',
  vocab_size: 50265,
  hidden_size: 768,
  num_hidden_layers: 12,
  num_attention_heads: 12,
  intermediate_size: 3072,
  max_position_embeddings: 514,
  type_vocab_size: 1,
};
const gpt2 = {
  model_type: 'gpt2',
  vocab_size: 50257,
  n_embd: 768,
  n_layer: 12,
  n_head: 12,
  n_positions: 1024,
};

describe('readModelShape', () => {
  it.each([
    ['roberta-base without pooler and LM head', roberta, 124_055_040],
    ['distilroberta-base', { ...roberta, num_hidden_layers: 6 }, 81_527_808],
    ['gpt2', gpt2, 124_439_808],
    ['gpt2-medium', { ...gpt2, n_embd: 1024, n_layer: 24, n_head: 16 }, 354_823_168],
  ])('counts %s', (_, json, parameters) => {
    expect(readModelShape(json, 'x/y').parameters).toBe(parameters);
  });

  it('names what is missing or not supported', () => {
    expect(() => readModelShape({}, 'x/y')).toThrow('x/y is of type unknown; this program finetunes roberta');
    expect(() => readModelShape({ ...gpt2, n_layer: 'many' }, 'x/y')).toThrow(
      'The config.json of x/y gives no "n_layer"',
    );
  });
});

describe('estimateMemory', () => {
  it('meets what was measured on a step of roberta-base’s layers', () => {
    // Three layers, vocabulary of 300, 4 texts of 32 tokens: 290.2 MB; six layers: 578.2 MB.
    for (const [layers, measured] of [
      [3, 290_229_312],
      [6, 578_167_768],
    ] as const) {
      const shape = readModelShape(
        { ...roberta, vocab_size: 300, max_position_embeddings: 34, num_hidden_layers: layers },
        'x/y',
      );
      const { totalBytes } = estimateMemory(shape, 4, 32);
      expect(Math.abs(totalBytes / measured - 1)).toBeLessThan(0.1);
    }
  });
});
