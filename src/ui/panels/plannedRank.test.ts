/** Ranks before training: one everywhere, or said in words where training decides. */
import { describe, expect, it } from 'vitest';
import { parseExperimentConfig } from '../../config/experiment';
import { plannedRank } from './plannedRank';

const layers = ['0.query', '0.value', '3.query', '3.value'];
const planned = (input: object) => plannedRank(parseExperimentConfig({ v: 1, ...input }), layers);

describe('plannedRank', () => {
  it('is one rank everywhere for LoRA and its kin', () => {
    const dora = planned({ method: 'dora', adapter: { rank: 4 } });
    expect(dora?.ranks('3.value')).toBe(4);
    expect(dora?.said).toBe('rank 4 everywhere');
    const set = planned({ method: 'rslora', adapter: { rank: 4 }, baseline: { rank: 3 } });
    expect(set).toMatchObject({ most: 3, said: 'rank 3 everywhere' });
  });

  it('is what a pattern gives each layer', () => {
    for (const method of ['lora', 'rslora', 'dora']) {
      const given = planned({ method, adapter: { rank: 4, rankPattern: 'query=12, 3.query=0' } });
      expect(layers.map((layer) => given?.ranks(layer))).toEqual([12, 4, 0, 4]);
      expect(given).toMatchObject({ most: 12, said: 'ranks by layer: query=12, 3.query=0' });
    }
  });

  it('is open while a pattern is not understood', () => {
    for (const rankPattern of ['quer', '7.query=2', 'query=0, value=0']) {
      const open = planned({ method: 'lora', adapter: { rankPattern } });
      expect(open?.ranks('0.query')).toBeUndefined();
      expect(open?.said).toBe(`ranks by layer: ${rankPattern}`);
    }
  });

  it('is open where training or an adapter decides', () => {
    expect(planned({ method: 'adalora', adalora: { initRank: 6, targetRank: 4 } })).toMatchObject({
      most: 6,
      said: 'rank 6 at the start, 4 on average at the end',
    });
    expect(planned({ method: 'sora', sora: { maxRank: 5 } })?.ranks('0.query')).toBeUndefined();
    expect(planned({ method: 'lora', adapter: { from: 'mine' } })?.said).toBe('ranks of the adapter');
  });

  it('is nothing for methods without ranks', () => {
    expect(planned({ method: 'full' })).toBeUndefined();
    expect(planned({ method: 'adapter' })).toBeUndefined();
  });
});
