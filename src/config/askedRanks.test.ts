/** Ranks as a person writes them, and as they are written back. */
import { describe, expect, it } from 'vitest';
import { ranksOfShorthand, shorthandOf } from './askedRanks';

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

  it('are read back as they were written', () => {
    const written = [8, 0, 5, 3].map((rank, i) => ({ layer: layers[i] as string, rank }));
    expect(shorthandOf(written)).toBe('0.query=8,0.value=0,10.query=5,10.value=3');
    expect(ranksOfShorthand(shorthandOf(written), layers, 7)).toEqual(written);
  });
});
