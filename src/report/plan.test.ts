import { describe, expect, it } from 'vitest';
import { type ExperimentInput, parseExperimentConfig } from '../config/experiment';
import { metrics } from '../metrics/catalog';
import { taskByName, taskNames } from '../tasks/registry';
import { rankGrid } from './comparedMethods';
import { chosenRun, expectedPasses, planRuns, remainingMs } from './plan';
import { captionOf, recipeByName, recipes } from './recipes';
import { scales } from './scales';
import { mergeExperiments } from './settings';
import { comparedMethod, triedSettings } from './triedSettings';

const example = (task: string): ExperimentInput => ({
  data: { task },
  adapter: { loraAlpha: 8 },
  retrain: { steps: 10 },
});

describe('recipes', () => {
  it('name tasks, methods and metrics that there are', () => {
    for (const { tasks, methods, metrics: shown = {} } of recipes) {
      for (const task of tasks) expect(taskByName(task).name).toBe(task);
      for (const method of methods) expect(comparedMethod(method).name).toBe(method);
      for (const key of Object.values(shown).flat()) expect(Object.keys(metrics)).toContain(key);
    }
  });

  it('have every experiment of this version valid at every scale', () => {
    for (const scale of Object.values(scales))
      for (const recipe of recipes) {
        const plan = planRuns({ ...recipe, seeds: [1] }, (task) =>
          scale.experiment(task, recipe.name, example(task)),
        );
        for (const { experiment, task } of plan.runs)
          expect(parseExperimentConfig(experiment).data.task).toBe(task);
      }
    expect(scales.base.experiment('e2e', 'table2', {}).model?.name).toBe('openai-community/gpt2');
    // As the paper's texts were written.
    expect(parseExperimentConfig(scales.base.experiment('e2e', 'table2', {})).generation).toMatchObject({
      decoding: 'beam',
      beams: 10,
      lengthPenalty: 0.8,
      noRepeatNgram: 4,
      maxNewTokens: 64,
    });
    expect(scales.base.experiment('bionlp', 'table3', {}).search?.batchSize).toBe(32);
    expect(() => comparedMethod('prompt')).toThrow('There is no method "prompt"; choose among full,');
  });

  it('try 16 different rank configurations, every uniform rank of the grid among them', () => {
    expect(new Set(rankGrid).size).toBe(16);
    for (const rank of [1, 2, 4, 8]) expect(rankGrid).toContain(`query=${rank},value=${rank}`);
  });

  it('say in their captions what is run', () => {
    const caption = (name: string, tasks?: string[], methods?: string[]) => {
      const recipe = recipeByName(name);
      const asked = { tasks: tasks ?? recipe.tasks, methods: methods ?? recipe.methods, seeds: [1] };
      return captionOf(recipe, planRuns(asked, example));
    };
    expect(caption('table1')).toBe('Table 1: AutoLoRA and baselines on the GLUE tasks');
    expect(caption('table2')).toBe('Table 2: AutoLoRA and baselines on E2E and WebNLG');
    expect(caption('table3')).toBe('Table 3: AutoLoRA and baselines on BioNLP');
    expect(caption('table4', ['qqp'])).toBe('Table 4: ablations of AutoLoRA on QQP');
    expect(caption('table2', ['e2e'])).toBe('Table 2: AutoLoRA and baselines on E2E');
    expect(caption('table1', ['rte', 'cola'], ['lora', 'rslora', 'dora'])).toBe(
      'Table 1: LoRA, rsLoRA and DoRA on RTE and CoLA',
    );
    expect(caption('table1', ['rte'], ['autolora'])).toBe('Table 1: AutoLoRA on RTE');
  });

  it('merge section by section, the later field wins', () => {
    expect(
      mergeExperiments(
        { seed: 1, adapter: { rank: 2, loraAlpha: 8 } },
        { method: 'lora', adapter: { rank: 4 } },
      ),
    ).toEqual({ seed: 1, method: 'lora', adapter: { rank: 4, loraAlpha: 8 } });
  });
});

describe('planRuns', () => {
  it('gives each method its own settings on the task’s experiment, seed by seed', () => {
    const asked = { tasks: ['cola', 'sst2'], methods: ['lora', 'autolora'], seeds: [1, 2] };
    const { runs } = planRuns(asked, example);
    expect(runs.map(({ id }) => id)).toEqual([
      'cola/lora/seed-1',
      'cola/autolora/seed-1',
      'sst2/lora/seed-1',
      'sst2/autolora/seed-1',
      'cola/lora/seed-2',
      'cola/autolora/seed-2',
      'sst2/lora/seed-2',
      'sst2/autolora/seed-2',
    ]);
    expect(runs[5]?.experiment).toMatchObject({
      seed: 2,
      method: 'autolora',
      data: { task: 'cola' },
      adapter: { rank: 8, loraAlpha: 8 },
      baseline: { enabled: false },
    });
    const passes = runs.map(({ experiment }) => expectedPasses(parseExperimentConfig(experiment)));
    expect(passes[4]).toBe(10);
    expect(passes[5]).toBe(10 + 4 * 240);
    // LoRA beside it.
    expect(expectedPasses(parseExperimentConfig({ retrain: { steps: 10 } }))).toBe(20 + 4 * 240);
  });

  it('plans a grid search: candidates on validation, the best of them on dev', () => {
    const { runs } = planRuns({ tasks: ['cola'], methods: ['lora-grid'], seeds: [3] }, example);
    expect(runs).toHaveLength(1);
    const [run] = runs as [(typeof runs)[number]];
    expect(run.candidates).toHaveLength(16);
    expect(new Set(run.candidates.map(({ id }) => id)).size).toBe(16);
    for (const candidate of run.candidates) {
      expect(candidate.experiment.data).toMatchObject({ task: 'cola', evaluateOn: 'validation' });
      expect(candidate.experiment.seed).toBe(3);
    }
    const scores = run.candidates.map((_, i) => (i === 6 || i === 9 ? 0.8 : 0.5));
    const chosen = chosenRun(run, scores, true);
    expect(chosen.experiment.adapter?.rankPattern).toBe(rankGrid[6]);
    expect(chosen.experiment.data).toEqual({ task: 'cola' });
    expect(chosen.experiment.seed).toBe(3);
    const lowest = scores.map((_, i) => (i === 2 ? 0.1 : 0.5));
    expect(chosenRun(run, lowest, false).experiment.adapter?.rankPattern).toBe(rankGrid[2]);
    expect(() => chosenRun(run, [1], true)).toThrow('of 16 candidates 1 have a score');
  });

  it('fits settings to the task’s own, exactly where they are factors', () => {
    const of = (name: string) =>
      planRuns({ tasks: ['cola'], methods: [name], seeds: [1] }, (task) => ({
        data: { task },
        search: { steps: 200, batchSize: 16 },
        retrain: { steps: 600, batchSize: 16, learningRate: 0.003 },
      })).runs[0]?.experiment;
    expect(of('adalora')?.retrain).toEqual({ steps: 600, batchSize: 16, learningRate: 0.012 });
    // 200 steps of two batches more.
    expect(of('adalora-equal-data')?.retrain).toEqual({ steps: 1000, batchSize: 16, learningRate: 0.012 });
    expect(of('lora-rate-x0.3')?.retrain?.learningRate).toBe(0.0009);
    expect(of('lora-rate-x0.3')?.data?.evaluateOn).toBe('validation');
    expect(of('autolora-lean-stop')).toMatchObject({
      search: { steps: 200, stopWhenStable: 30, stableTolerance: 0.1 },
      retrain: { steps: 400, init: 'kept' },
      hypergradient: { estimator: 'finite-difference-forward', hyperEvery: 4 },
      baseline: { enabled: false },
    });
  });

  it('tries the setting that each method has today, among others', () => {
    for (const { method, tried, today } of triedSettings) {
      expect(tried.length).toBeGreaterThan(2);
      const run = (name: string) =>
        planRuns({ tasks: ['cola'], methods: [name], seeds: [1] }, example).runs[0]?.experiment;
      const { data, ...rest } = parseExperimentConfig(run(today));
      const { data: plainData, ...plain } = parseExperimentConfig(run(method));
      expect(rest).toEqual(plain);
      expect(data).toEqual({ ...plainData, evaluateOn: 'validation' });
      expect(new Set(tried.map(({ name }) => JSON.stringify(parseExperimentConfig(run(name))))).size).toBe(
        tried.length,
      );
    }
  });

  it('covers the eleven tasks of the paper', () => {
    const covered = new Set(recipes.flatMap(({ tasks }) => tasks));
    expect([...covered].sort()).toEqual([...taskNames].sort());
  });
});

describe('remainingMs', () => {
  it('goes by the pace of the same task, else of all', () => {
    const done = [
      { task: 'cola', passes: 50, wallMs: 600 },
      { task: 'cola', passes: 50, wallMs: 400 },
      { task: 'e2e', passes: 100, wallMs: 5000 },
    ];
    const left = (...tasks: string[]) => tasks.map((task) => ({ task, passes: 100 }));
    expect(remainingMs(left('cola', 'cola'), done)).toBe(2000);
    expect(remainingMs(left('cola', 'e2e'), done)).toBe(6000);
    expect(remainingMs(left('rte'), done)).toBe(3000);
    expect(remainingMs(left('rte'), [])).toBeUndefined();
    // A run that only scores says nothing of the pace.
    expect(remainingMs(left('rte'), [{ task: 'rte', passes: 0, wallMs: 10 }])).toBeUndefined();
    expect(remainingMs([], done)).toBe(0);
  });
});
