/** Ranks before training: one everywhere, or said in words where training decides. */
import { describe, expect, it } from 'vitest';
import { parseExperimentConfig } from '../../config/experiment';
import { plannedRank } from './plannedRank';

const planned = (input: object) => plannedRank(parseExperimentConfig({ v: 1, ...input }));

describe('plannedRank', () => {
  it('is one rank everywhere for LoRA and its kin', () => {
    const dora = planned({ method: 'dora', adapter: { rank: 4 } });
    expect(dora?.ranks('3.value')).toBe(4);
    expect(dora?.said).toBe('rank 4 everywhere');
    const set = planned({ method: 'rslora', adapter: { rank: 4 }, baseline: { rank: 3 } });
    expect(set).toMatchObject({ most: 3, said: 'rank 3 everywhere' });
  });

  it('is open where training or a pattern decides', () => {
    expect(planned({ method: 'adalora', adalora: { initRank: 6, targetRank: 4 } })).toMatchObject({
      most: 6,
      said: 'rank 6 at the start, 4 on average at the end',
    });
    expect(planned({ method: 'sora', sora: { maxRank: 5 } })?.ranks('0.query')).toBeUndefined();
    expect(planned({ method: 'lora', adapter: { from: 'mine' } })?.said).toBe('ranks of the adapter');
    for (const method of ['lora', 'rslora', 'dora'])
      expect(planned({ method, adapter: { rankPattern: 'query=2' } })?.said).toBe('ranks by layer: query=2');
  });

  it('is nothing for methods without ranks', () => {
    expect(planned({ method: 'full' })).toBeUndefined();
    expect(planned({ method: 'adapter' })).toBeUndefined();
  });
});
