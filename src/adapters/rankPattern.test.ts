/** Short layer names and PEFT's module names are two spellings of one thing. */
import { describe, expect, it } from 'vitest';
import { compareLayers, layerOfModule, moduleOfLayer, rankPatternOf, ranksOfPattern } from './rankPattern';

describe('rank patterns', () => {
  const ranks = [
    { layer: '0.query', rank: 4 },
    { layer: '0.value', rank: 0 },
    { layer: '10.query', rank: 1 },
  ];

  it('go there and back', () => {
    const pattern = rankPatternOf(ranks);
    expect(pattern).toEqual({
      'roberta.encoder.layer.0.attention.self.query': 4,
      'roberta.encoder.layer.10.attention.self.query': 1,
    });
    expect(ranksOfPattern(pattern, ['0.query', '0.value', '10.query'])).toEqual(ranks);
  });

  it('know only query and value', () => {
    expect(layerOfModule(moduleOfLayer('3.value'))).toBe('3.value');
    expect(layerOfModule('roberta.encoder.layer.0.attention.self.key')).toBeUndefined();
    expect(() => moduleOfLayer('0.key')).toThrow('"0.key" is no LoRA layer');
  });

  it('sort by number, not by spelling', () => {
    expect(['10.query', '2.value', '2.query'].sort(compareLayers)).toEqual([
      '2.query',
      '2.value',
      '10.query',
    ]);
  });

  it('name what does not fit', () => {
    expect(() => ranksOfPattern({ 'roberta.encoder.layer.9.attention.self.query': 1 }, ['0.query'])).toThrow(
      'which this model does not have',
    );
    expect(() => ranksOfPattern({ [moduleOfLayer('0.query')]: 1.5 }, ['0.query'])).toThrow('the rank 1.5');
  });
});
