/** From a recipe to its runs: one experiment per method, task and seed, and what this version cannot run. */
import { type ExperimentInput, parseExperimentConfig } from '../config/experiment';
import { fieldAt } from '../config/fields';
import type { LayerRank } from '../telemetry/events';
import type { ComparedMethod } from './comparedMethods';
import { drawRanks, type RankDraw, shorthandOf } from './rankDraws';
import { type MethodSettings, mergeExperiments } from './settings';
import { comparedMethod } from './sweeps';

/** One run of `autolora run`, of which the result is kept under its id. */
export interface PlannedRun {
  /** Folder of the run: `sst2/lora/seed-1`. */
  id: string;
  method: string;
  task: string;
  seed: number;
  experiment: ExperimentInput;
  /** What is tried on validation first; the best one's settings replace this run's (`chosenRun`). */
  candidates: readonly PlannedRun[];
  /** Run whose learned ranks it needs, which is finished first, and what is made of them (`rankedRun`). */
  source?: { run: PlannedRun; draw: RankDraw };
}

export interface Plan {
  methods: readonly ComparedMethod[];
  tasks: readonly string[];
  seeds: readonly number[];
  /** Seed by seed, so that a first seed of everything is there early. */
  runs: readonly PlannedRun[];
  /** One sentence per method that is left out. */
  skipped: readonly string[];
}

/**
 * What of some settings this version lacks, or undefined.
 * @param offers options of a field by its path, `true` for a field without options; undefined where there is none
 */
export function unsupported(
  settings: MethodSettings,
  offers: (path: string) => readonly string[] | true | undefined = offered,
): string | undefined {
  type Leaf = readonly [path: string, value: string | number | boolean];
  const leaves = Object.entries(settings).flatMap(([key, value]): Leaf[] =>
    typeof value === 'object'
      ? Object.entries(value).map(([name, leaf]): Leaf => [`${key}.${name}`, leaf])
      : [[key, value]],
  );
  for (const [path, value] of leaves) {
    const options = offers(path);
    if (options === undefined) return `an experiment has no field ${path}`;
    if (options !== true && !options.includes(String(value)))
      return `${path} offers ${options.join(', ')}, not ${value}`;
  }
  return undefined;
}

const offered = (path: string) => {
  const field = fieldAt(path);
  return field && (field.options ?? true);
};

/**
 * @param experimentOf the task's experiment at the chosen scale
 * @param offers as of `unsupported`, for tests
 */
export function planRuns(
  {
    tasks,
    methods,
    seeds,
  }: { tasks: readonly string[]; methods: readonly string[]; seeds: readonly number[] },
  experimentOf: (task: string) => ExperimentInput,
  offers?: Parameters<typeof unsupported>[1],
): Plan {
  const skipped: string[] = [];
  const offeredMethods = methods.map(comparedMethod).filter(({ label, settings, candidates = [] }) => {
    const reason = [settings, ...candidates.map((candidate) => candidate.settings)]
      .map((asked) => unsupported(asked, offers))
      .find((lack) => lack !== undefined);
    if (reason) skipped.push(`${label} is left out: ${reason}.`);
    return !reason;
  });
  /** A method on a task with a seed, under an id that says so. */
  const runOf = (method: ComparedMethod, task: string, seed: number): PlannedRun => {
    const { fitted, candidates = [], ranksFrom } = method;
    const given = experimentOf(task);
    const fit = fitted ? fitted(parseExperimentConfig(given)) : {};
    const experiment = (settings: MethodSettings) => ({ ...mergeExperiments(given, settings, fit), seed });
    const common = { method: method.name, task, seed };
    return {
      ...common,
      id: `${task}/${method.name}/seed-${seed}`,
      experiment: experiment(method.settings),
      candidates: candidates.map(({ name, settings }) => ({
        ...common,
        id: `${task}/${method.name}/${name}/seed-${seed}`,
        experiment: experiment(settings),
        candidates: [],
      })),
      ...(ranksFrom && {
        source: { run: runOf(comparedMethod(ranksFrom.method), task, seed), draw: ranksFrom.draw },
      }),
    };
  };
  const runs = seeds.flatMap((seed) =>
    tasks.flatMap((task) => offeredMethods.map((method) => runOf(method, task, seed))),
  );
  return { methods: offeredMethods, tasks, seeds, runs, skipped };
}

/**
 * The run with the settings of its best candidate, but trained on all of train and scored on dev. Of equally good ones
 * the first.
 * @param scores validation scores of the candidates, in their order
 */
export function chosenRun(run: PlannedRun, scores: readonly number[], higherIsBetter: boolean): PlannedRun {
  if (scores.length !== run.candidates.length || scores.some(Number.isNaN))
    throw new Error(`${run.id}: of ${run.candidates.length} candidates ${scores.length} have a score.`);
  const best = scores.indexOf(higherIsBetter ? Math.max(...scores) : Math.min(...scores));
  const chosen = run.candidates[best] as PlannedRun;
  const pattern = chosen.experiment.adapter?.rankPattern;
  return { ...run, experiment: mergeExperiments(run.experiment, { adapter: { rankPattern: pattern } }) };
}

/**
 * The run at the ranks that are made of those its source learned; the run's id and seed decide what chance decides, so that
 * it is the same run every time.
 */
export function rankedRun(run: PlannedRun, learned: readonly LayerRank[]): PlannedRun {
  if (!run.source) return run;
  const k = parseExperimentConfig(run.source.run.experiment).adapter.rank;
  const ranks = drawRanks(run.source.draw, learned, k, { seed: run.seed, key: run.id });
  return {
    ...run,
    experiment: mergeExperiments(run.experiment, { adapter: { rankPattern: shorthandOf(ranks) } }),
  };
}

/**
 * Passes through the model that a run is likely to take: a unit for the remaining time. A search step of AutoLoRA takes
 * four, a training step one.
 */
export function expectedPasses({ experiment }: PlannedRun): number {
  const searches = (experiment.method ?? 'autolora') === 'autolora';
  return (experiment.retrain?.steps ?? 480) + (searches ? 4 * (experiment.search?.steps ?? 240) : 0);
}
