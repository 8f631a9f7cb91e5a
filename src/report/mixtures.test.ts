/** What a table says of runs that do not belong together. */
import { describe, expect, it } from 'vitest';
import { mixtures } from './mixtures';

const run = (seed: number, name: string, model: number, data: number) => ({
  begins: 'rte',
  sees: `rte (seed ${seed})`,
  backend: name,
  fingerprint: { model, data },
});
const remedy = 'Remake them.';

describe('mixtures', () => {
  it('are none where every run began alike; each seed may have its own examples', () => {
    expect(mixtures([run(1, 'wasm', 7, 1), run(1, 'wasm', 7, 1), run(2, 'wasm', 7, 2)], remedy)).toEqual([]);
  });

  it('are backends, other weights, and other examples at one seed', () => {
    const said = mixtures([run(1, 'wasm', 7, 1), run(1, 'webgpu', 8, 3), run(2, 'wasm', 7, 2)], remedy);
    expect(said[0]).toContain('2 of wasm, 1 of webgpu');
    expect(said[1]).toContain('Runs of rte began from different weights');
    expect(said[1]).toContain(remedy);
    expect(said[2]).toContain('Runs of rte (seed 1) saw different examples');
  });

  it('are named by the first line of what they should share', () => {
    const of = (more: string, model: number) => ({
      ...run(1, 'wasm', model, 1),
      begins: `RTE (own)\n${more}`,
    });
    expect(mixtures([of('a', 1), of('b', 2)], remedy)).toEqual([]);
    const said = mixtures([of('a', 1), of('a', 2), of('b', 3), of('b', 4)], remedy);
    expect(said).toEqual([
      `Runs of RTE (own) began from different weights: the model changed in between. ${remedy}`,
    ]);
  });

  it('says nothing of results of earlier versions, which have no fingerprint', () => {
    const older = run(1, 'wasm', 7, 1);
    expect(mixtures([{ ...older, fingerprint: undefined }, run(1, 'wasm', 8, 2)], remedy)).toEqual([]);
  });
});
