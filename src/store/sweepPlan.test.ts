/** Combinations of a sweep, and what it refuses. */
import { describe, expect, it } from 'vitest';
import { parseExperimentConfig } from '../config/experiment';
import { mostRuns, planSweep } from './sweepPlan';

const base = parseExperimentConfig({ seed: 3 });

describe('planSweep', () => {
  it('takes every combination, seed by seed, so that a table can be read early', () => {
    const configs = planSweep(base, {
      seeds: 2,
      methods: ['lora', 'autolora'],
      grid: [
        { path: 'adapter.rank', values: '2, 4' },
        { path: '', values: '' },
      ],
    });
    expect(configs.map(({ seed, method, adapter }) => `${seed} ${method} ${adapter.rank}`)).toEqual([
      '3 lora 2',
      '3 lora 4',
      '3 autolora 2',
      '3 autolora 4',
      '4 lora 2',
      '4 lora 4',
      '4 autolora 2',
      '4 autolora 4',
    ]);
  });

  it('refuses millions before it makes them', () => {
    const base = parseExperimentConfig({});
    const asked = (seeds: number) => () => planSweep(base, { seeds, methods: [], grid: [] });
    expect(asked(2_000_000_000)).toThrow('That would be 2000000000 runs');
    const values = Array.from({ length: 1000 }, (_, i) => (1 + i) / 1e5).join(',');
    const grid = ['search.learningRate', 'retrain.learningRate'].map((path) => ({ path, values }));
    expect(() => planSweep(base, { seeds: 1, methods: [], grid })).toThrow('That would be 1000 runs');
  });

  it('says what cannot be', () => {
    const plan = (grid: { path: string; values: string }[], seeds = 1) =>
      planSweep(base, { seeds, methods: [], grid });
    expect(() => plan([{ path: 'adapter.rank', values: '4, 9999' }])).toThrow(
      /cannot be 9999; give a number from 1/,
    );
    expect(() => plan([{ path: 'adapter.selection', values: 'relu' }])).toThrow(
      /one of softmax, none, sigmoid/,
    );
    expect(() => plan([{ path: 'no.such', values: '1' }])).toThrow('There is no setting');
    expect(() => plan([{ path: 'adapter.rank', values: ' , ' }])).toThrow('Give values');
    expect(() => plan([{ path: 'seed', values: '1' }])).toThrow('is varied already');
    expect(() => plan([], mostRuns + 1)).toThrow(`at most ${mostRuns}`);
    expect(() => plan([], 0)).toThrow('at least one seed');
  });
});
