/** Untrained weights have the spread that Hugging Face gives them. */
import { describe, expect, it } from 'vitest';
import { tinyGpt2, tinyModel } from '../testing/tinyModel';
import type { ModelArrays } from './loadedModel';

const shape = { vocabSize: 200, layers: 8, hiddenSize: 32, heads: 2, intermediateSize: 64, maxPositions: 40 };
const valuesIn = ({ tensors }: Pick<ModelArrays, 'tensors'>, name: string) => [
  ...(tensors.get(name)?.data ?? []),
];
const spreadOf = (values: number[]) =>
  Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);

describe('randomWeight', () => {
  it("narrows GPT-2's projections into the residual stream by 1/√(2 · layers)", () => {
    const model = tinyGpt2(shape);
    for (const [name, expected] of [
      ['transformer.wte.weight', 0.08],
      ['transformer.h.3.attn.c_attn.weight', 0.08],
      ['transformer.h.3.attn.c_proj.weight', 0.02],
      ['transformer.h.3.mlp.c_proj.weight', 0.02],
    ] as const)
      expect(Math.abs(spreadOf(valuesIn(model, name)) / expected - 1)).toBeLessThan(0.08);
    expect(new Set(valuesIn(model, 'transformer.h.0.ln_1.weight'))).toEqual(new Set([1]));
    expect(new Set(valuesIn(model, 'transformer.ln_f.weight'))).toEqual(new Set([1]));
    expect(new Set(valuesIn(model, 'transformer.h.0.mlp.c_fc.bias'))).toEqual(new Set([0]));
  });

  it("leaves RoBERTa's padding rows 0", () => {
    const words = valuesIn(tinyModel(shape), 'roberta.embeddings.word_embeddings.weight');
    expect(new Set(words.slice(32, 64))).toEqual(new Set([0]));
    expect(Math.abs(spreadOf(words.slice(64)) / 0.08 - 1)).toBeLessThan(0.05);
  });
});
