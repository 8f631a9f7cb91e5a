/** Errors are measured as the golden folders say, and their tolerances are read from their words. */
import { describe, expect, it } from 'vitest';
import { jsonFile } from '../../tensor/fileSet';
import { boundOf, CheckList } from './checks';
import { openGoldenFolder } from './folder';

const folder = (golden: object) => openGoldenFolder('f', [jsonFile('golden.json', golden)]);

describe('CheckList', () => {
  it('measures relative to the largest magnitude, and absolutely', () => {
    const list = new CheckList();
    list.relative('r', [1, -3.9], [1, -4], 0.02);
    list.relative('zeros', [0, 0.5], [0, 0], 0.4);
    list.absolute('a', [1, 2.5], [1, 2], 0.5);
    list.exact('e', [1, 2, 3], [1, 3]);
    expect(list.checks.map(({ error }) => Number(error.toFixed(6)))).toEqual([0.025, 0.5, 0.5, 2]);
    expect(list.checks.map(({ passed }) => passed)).toEqual([false, false, true, false]);
  });

  it('lets neither NaN nor a missing value pass', () => {
    const list = new CheckList();
    list.relative('nan', [Number.NaN, 1], [1, 1], 1e300);
    list.absolute('last is NaN', [1, Number.NaN], [1, 1], 1e300);
    list.relative('short', [1], [1, 1], 1e300);
    expect(list.checks.every(({ passed, error }) => !passed && Number.isFinite(error))).toBe(true);
  });
});

describe('boundOf', () => {
  const tolerance = {
    logits: 'abs<=3e-4*max|logits|',
    loss: 'rel 1e-5 (GPU 2e-4)',
    grads: 'abs<=1e-4*max|grad tensor| (GPU 5e-4)',
    trajectories: 'abs<=2e-5 for W and beta (3 steps, lr 1e-3); GPU 1e-4',
    'exact hypergrad': 'abs<=2e-4*max|tensor| (f32 GPU 1e-3)',
    ids: 'exact',
  };
  const suggested = { host: 7, gpu: 8 };
  const bound = (key: string, backend: 'wasm' | 'webgpu') =>
    boundOf(folder({ tolerance }), [key], suggested, backend);

  it.each([
    ['loss', 1e-5, 2e-4],
    ['grads', 1e-4, 5e-4],
    ['trajectories', 2e-5, 1e-4],
    ['exact hypergrad', 2e-4, 1e-3],
    ['logits', 3e-4, 8],
    ['ids', 7, 8],
    ['absent', 7, 8],
  ])('reads the words of %s', (key, host, gpu) => {
    expect(bound(key, 'wasm')).toBe(host);
    expect(bound(key, 'webgpu')).toBe(gpu);
  });

  it('suggests where a folder says nothing', () => {
    expect(boundOf(folder({}), ['logits'], suggested, 'cpu')).toBe(7);
  });
});
