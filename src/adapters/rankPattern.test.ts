/** Short layer names and PEFT's module names are two spellings of one thing. */
import { describe, expect, it } from 'vitest';
import { compareLayers, layerOfModule, moduleOfLayer, rankPatternOf } from './rankPattern';

describe('rank patterns', () => {
  const ranks = [
    { layer: '0.query', rank: 4 },
    { layer: '0.value', rank: 0 },
    { layer: '10.query', rank: 1 },
  ];

  it('spell modules as PEFT does, without those of rank 0', () => {
    const pattern = rankPatternOf(ranks);
    expect(pattern).toEqual({
      'roberta.encoder.layer.0.attention.self.query': 4,
      'roberta.encoder.layer.10.attention.self.query': 1,
    });
  });

  it('know query, key and value alone', () => {
    expect(layerOfModule(moduleOfLayer('3.value'))).toBe('3.value');
    expect(layerOfModule('roberta.encoder.layer.0.attention.output.dense')).toBeUndefined();
    expect(() => moduleOfLayer('0.dense')).toThrow('"0.dense" is no LoRA layer');
  });

  it('sort by number, not by spelling', () => {
    expect(['10.query', '2.value', '2.query'].sort(compareLayers)).toEqual([
      '2.query',
      '2.value',
      '10.query',
    ]);
  });
});
