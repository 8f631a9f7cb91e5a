/** Short layer names and PEFT's module names are two spellings of one thing. */
import { describe, expect, it } from 'vitest';
import { compareLayers, layerOfModule, moduleOfLayer, rankPatternOf, ranksOfShorthand } from './rankPattern';

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

describe('ranks as a person writes them', () => {
  const layers = ['0.query', '0.value', '10.query', '10.value'];
  const ranks = (text: string) => ranksOfShorthand(text, layers, 4).map(({ rank }) => rank);

  it('go by projection or by layer, the later entry wins, the rest keeps the fallback', () => {
    expect(ranks('')).toEqual([4, 4, 4, 4]);
    expect(ranks('query=2, value=8')).toEqual([2, 8, 2, 8]);
    expect(ranks('query = 2,0.query=0,')).toEqual([0, 4, 2, 4]);
    expect(ranks('0.query=1,query=2')).toEqual([2, 4, 2, 4]);
  });

  it.each([
    ['key=2', '"key=2" is not understood'],
    ['query', '"query" is not understood'],
    ['query=2.5', '"query=2.5" is not understood'],
    ['7.query=2', 'names the layer 7.query; this model’s last one is 10.value'],
    ['query=65', 'rank 65 of query is above 64'],
    ['query=0,value=0', 'leaves every layer at rank 0'],
  ])('refuse %s', (text, sentence) => {
    expect(() => ranks(text)).toThrow(sentence);
  });
});
