/** Combinations of a sweep, and what it refuses. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type ExperimentInput, parseExperimentConfig } from '../../config/experiment';
import type { MethodName } from '../../config/methods';
import { planRuns, withNeeded } from '../../report/plan';
import { type RecipeName, recipeByName } from '../../report/recipes';
import { scales } from '../../report/scales';
import { mostRuns, planComparison, planVariation, type VariationRequest } from './sweepPlan';

const base = parseExperimentConfig({ seed: 3 });

/** Of one seed, the Lab's method and nothing varied, but for what is said. */
const varied = (more: Partial<VariationRequest> = {}, config = base) =>
  planVariation(config, { seeds: 1, methods: [], grid: [], ...more });

const names = (recipe: string) => recipeByName(recipe as RecipeName).methods;
const exampleOf = (task: string): ExperimentInput =>
  JSON.parse(readFileSync(new URL(`../../../examples/${task}.json`, import.meta.url), 'utf8'));

describe('planComparison', () => {
  it('trains what the command line’s recipes train, where the Lab is as it was found', () => {
    for (const recipe of ['table1', 'table4', 'stability', 'cost', 'estimators']) {
      const asked = { methods: names(recipe), tasks: ['sst2', 'rte', 'e2e'] };
      const lab = planComparison(parseExperimentConfig({}), { ...asked, seeds: 2 });
      const { runs } = planRuns({ ...asked, seeds: [1, 2] }, (task) =>
        scales.mini.experiment(task, recipe as RecipeName, exampleOf(task)),
      );
      const known = new Map(
        withNeeded(runs).map(({ id, experiment }) => [id, parseExperimentConfig(experiment)]),
      );
      expect(new Map(lab.map(({ id, config }) => [id, config]))).toEqual(known);
    }
  });

  it('makes every table of the page’s buttons with five seeds in one go', () => {
    const sizes = ['table1', 'table2', 'table3', 'table4', 'table5', 'stability', 'cost', 'estimators'].map(
      (recipe) => {
        const { methods, tasks } = recipeByName(recipe);
        return planComparison(base, { seeds: 5, methods, tasks }).length;
      },
    );
    expect(sizes).toEqual([240, 60, 30, 200, 300, 100, 225, 70]);
  });

  it('keeps the Lab’s settings but for those that a method settles', () => {
    const lab = parseExperimentConfig({
      seed: 7,
      search: { steps: 50, clipNorm: 3 },
      retrain: { steps: 90, learningRate: 2e-3, init: 'kept' },
      adapter: { rank: 16, selection: 'sigmoid', rankPattern: 'query=3', loraAlpha: 4 },
      hypergradient: { estimator: 'sama', eta: 1e-4, unroll: 'optimizer', rollback: true, inspectEvery: 5 },
      baseline: { rank: 9 },
      data: { evaluateOn: 'validation', splitSeed: 5 },
    });
    const [lora, adalora, autolora] = planComparison(lab, {
      seeds: 1,
      methods: ['lora', 'adalora', 'autolora'],
      tasks: [],
    }).map(({ config }) => config);
    expect(lora).toMatchObject({
      seed: 7,
      adapter: { rank: 4, rankPattern: '', loraAlpha: 4 },
      baseline: { rank: 0 },
      retrain: { steps: 90, learningRate: 2e-3 },
      data: { evaluateOn: 'dev', splitSeed: 5 },
    });
    expect(adalora).toMatchObject({ retrain: { learningRate: 8e-3 }, adalora: { targetRank: 4 } });
    expect(autolora).toMatchObject({
      adapter: { rank: 8, selection: 'softmax' },
      search: { steps: 50, clipNorm: 3 },
      hypergradient: {
        estimator: 'finite-difference',
        eta: 1e-4,
        unroll: 'sgd',
        rollback: false,
        inspectEvery: 0,
      },
      retrain: { init: 'fresh' },
    });
  });

  it('puts candidates and searches before what waits for them', () => {
    const runs = planComparison(base, { seeds: 1, methods: ['lora-grid', 'ranks-permuted'], tasks: [] });
    expect(runs).toHaveLength(16 + 1 + 2);
    const grid = runs[16];
    expect(grid?.comparedAs).toEqual({ method: 'lora-grid' });
    expect(grid?.waitsFor).toEqual({ candidates: runs.slice(0, 16).map(({ id }) => id) });
    expect(runs[0]).toMatchObject({
      comparedAs: { method: 'lora-grid', isCandidate: true },
      config: { data: { evaluateOn: 'validation' } },
    });
    expect(runs[17]).toMatchObject({ id: 'sst2/autolora/seed-3' });
    expect(runs[17]?.comparedAs).toEqual({ method: 'autolora' });
    expect(runs[18]?.waitsFor).toEqual({ ranksOf: 'sst2/autolora/seed-3', draw: 'permuted' });
  });

  it('says what cannot be', () => {
    const plan = (config: ExperimentInput, tasks: string[], seeds = 1, methods = ['lora']) =>
      planComparison(parseExperimentConfig(config), { seeds, methods, tasks });
    expect(() => plan({}, [], 1, [])).toThrow('Choose the methods');
    expect(() => plan({}, [], 2_000_000_000)).toThrow('That would be 2000000000 runs');
    expect(() => plan({}, [], 24, ['lora-grid'])).toThrow('That would be 408 runs');
    const own: ExperimentInput = { data: { source: 'files', trainFile: 'train.tsv' } };
    expect(() => plan(own, ['cola'])).toThrow('serve one task');
    expect(plan(own, ['sst2'])).toHaveLength(1);
    expect(() => plan({ data: { ...own.data, evaluateOn: 'validation' } }, [])).toThrow('choose a dev file');
  });
});

describe('planVariation', () => {
  it('takes every combination, seed by seed, so that a table can be read early', () => {
    const runs = varied({
      seeds: 2,
      methods: ['lora', 'autolora'],
      grid: [
        { path: 'adapter.rank', values: '2, 4' },
        { path: '', values: '' },
      ],
    });
    expect(runs.map(({ config: { seed, method, adapter } }) => `${seed} ${method} ${adapter.rank}`)).toEqual([
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

  it('varies what only a search reads for AutoLoRA alone', () => {
    const runs = varied({
      methods: ['lora', 'autolora'],
      grid: [
        { path: 'hypergradient.hyperEvery', values: '1, 4' },
        { path: 'retrain.batchSize', values: '8, 16' },
      ],
    });
    expect(
      runs.map(({ config }) => [config.method, config.hypergradient.hyperEvery, config.retrain.batchSize]),
    ).toEqual([
      ['lora', 1, 8],
      ['lora', 1, 16],
      ['autolora', 1, 8],
      ['autolora', 1, 16],
      ['autolora', 4, 8],
      ['autolora', 4, 16],
    ]);
  });

  it('does not vary a rank that another setting goes before, nor what the method does not read', () => {
    const plan = (input: ExperimentInput, path: string, values: string, methods: MethodName[] = []) =>
      varied({ methods, grid: [{ path, values }] }, parseExperimentConfig(input));
    const fixed: ExperimentInput = { method: 'rslora', baseline: { rank: 3 } };
    expect(() => plan(fixed, 'adapter.rank', '2, 4')).toThrow('“LoRA rank” is 3 and goes before it');
    expect(plan(fixed, 'baseline.rank', '2, 4').map(({ config }) => config.baseline.rank)).toEqual([2, 4]);
    expect(plan(fixed, 'adapter.rank', '2, 4', ['autolora', 'dora'])).toHaveLength(3);
    expect(() => plan({ method: 'full' }, 'search.steps', '5, 6')).toThrow(
      'Full finetuning does not read it',
    );
    const adalora: ExperimentInput = { method: 'adalora', baseline: { rank: 3 } };
    expect(() => plan(adalora, 'adapter.rank', '2, 4')).toThrow('AdaLoRA does not read it');
  });

  it('varies nothing that changes no number, and says why', () => {
    const plan = (path: string, values: string, input: ExperimentInput = {}) =>
      varied({ grid: [{ path, values }] }, parseExperimentConfig(input));
    expect(() => plan('generation.beams', '4, 10')).toThrow(
      '“Beams” changes nothing here: no texts are written on SST-2.',
    );
    expect(plan('generation.beams', '4, 10', { data: { task: 'e2e' } })).toHaveLength(2);
    expect(() => plan('hypergradient.inspectEvery', '0, 4')).toThrow('it says what is shown of a run');
    expect(() => plan('reportEvery', '1, 4')).toThrow('it says what is shown of a run');
    expect(plan('reportEvery', '1, 4', { search: { stopWhenStable: 20 } })).toHaveLength(2);
  });

  it('leaves a run as it was in what its method does not read', () => {
    const plan = (path: string, values: string) =>
      varied({ methods: ['lora', 'autolora'], grid: [{ path, values }] });
    expect(plan('retrain.init', 'kept').map(({ config }) => config.retrain.init)).toEqual(['fresh', 'kept']);
    expect(
      plan('hypergradient.hyperEvery', '4, 8').map(({ config }) => config.hypergradient.hyperEvery),
    ).toEqual([base.hypergradient.hyperEvery, 4, 8]);
  });

  it('trains what differs, in whatever order it is given', () => {
    const lora = parseExperimentConfig({ method: 'lora' });
    const plan = (...grid: { path: string; values: string }[]) =>
      varied({ grid }, lora).map(({ config }) => config);
    const share = { path: 'data.validationFraction', values: '0.3, 0.5' };
    const on = { path: 'data.evaluateOn', values: 'dev, validation' };
    // On dev the share is not read.
    for (const found of [plan(share, on), plan(on, share)])
      expect(found.map(({ data }) => data.evaluateOn).sort()).toEqual(['dev', 'validation', 'validation']);
    const ranks = plan({ path: 'adapter.rank', values: '4, 8' }, { path: 'baseline.rank', values: '0, 3' });
    expect(ranks.map(({ adapter, baseline }) => baseline.rank || adapter.rank).sort()).toEqual([3, 4, 8]);
  });

  it('scores on validation where that is asked for', () => {
    const runs = varied({ onValidation: true });
    expect(runs.map(({ config }) => config.data.evaluateOn)).toEqual(['validation']);
    expect(varied()[0]?.config.data.evaluateOn).toBe('dev');
  });

  it('refuses millions before it makes them', () => {
    expect(() => varied({ seeds: 2_000_000_000 })).toThrow('That would be 2000000000 runs');
    const values = Array.from({ length: 1000 }, (_, i) => (1 + i) / 1e5).join(',');
    const grid = ['search.learningRate', 'retrain.learningRate'].map((path) => ({ path, values }));
    expect(() => varied({ grid })).toThrow('That would be 1000000 runs');
  });

  it('says what cannot be', () => {
    const plan = (grid: VariationRequest['grid'], seeds = 1) => varied({ grid, seeds });
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
