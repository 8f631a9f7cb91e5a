/** From a recipe to its runs: one experiment per method, task and seed. */
import { shorthandOf } from '../config/askedRanks';
import { type ExperimentConfig, type ExperimentInput, parseExperimentConfig } from '../config/experiment';
import { rolesOf } from '../config/methods';
import type { LayerRank } from '../telemetry/events';
import type { ComparedMethod } from './comparedMethods';
import { drawRanks, type RankDraw } from './rankDraws';
import { mergeExperiments } from './settings';
import { comparedMethod } from './triedSettings';

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
  /** One of those that are tried on validation first. */
  isCandidate?: boolean;
  /** Run whose learned ranks it needs, which is finished first, and what is made of them (`rankedRun`). */
  source?: { run: PlannedRun; draw: RankDraw };
}

export interface Plan {
  methods: readonly ComparedMethod[];
  tasks: readonly string[];
  seeds: readonly number[];
  /** Seed by seed, so that a first seed of everything is there early. */
  runs: readonly PlannedRun[];
}

/**
 * @param experimentOf the task's experiment at the chosen scale
 */
export function planRuns(
  {
    tasks,
    methods: names,
    seeds,
  }: { tasks: readonly string[]; methods: readonly string[]; seeds: readonly number[] },
  experimentOf: (task: string) => ExperimentInput,
): Plan {
  const methods = names.map(comparedMethod);
  /** A method on a task with a seed, under an id that says so. */
  const runOf = (method: ComparedMethod, task: string, seed: number): PlannedRun => {
    const { fitted, candidates = [], ranksFrom } = method;
    const given = experimentOf(task);
    const fit = fitted ? fitted(parseExperimentConfig(given)) : {};
    const experiment = (settings: ExperimentInput) => ({ ...mergeExperiments(given, settings, fit), seed });
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
        isCandidate: true,
      })),
      ...(ranksFrom && {
        source: { run: runOf(comparedMethod(ranksFrom.method), task, seed), draw: ranksFrom.draw },
      }),
    };
  };
  const runs = seeds.flatMap((seed) =>
    tasks.flatMap((task) => methods.map((method) => runOf(method, task, seed))),
  );
  return { methods, tasks, seeds, runs };
}

/** The runs that must be finished before it. */
export const neededBy = ({ source, candidates }: PlannedRun): PlannedRun[] => [
  ...(source ? [source.run] : []),
  ...candidates,
];

/** The runs with those that they need, each once and before what needs it. */
export function withNeeded(runs: readonly PlannedRun[]): PlannedRun[] {
  const all = runs.flatMap((run) => [...neededBy(run), run]);
  return [...new Map(all.map((run) => [run.id, run])).values()];
}

/** Place of the best score; of equally good ones the first. */
export const bestOf = (scores: readonly number[], higherIsBetter: boolean): number =>
  scores.indexOf(higherIsBetter ? Math.max(...scores) : Math.min(...scores));

/**
 * The run with the settings of its best candidate, but trained on all of train and scored on dev.
 * @param scores validation scores of the candidates, in their order
 */
export function chosenRun(run: PlannedRun, scores: readonly number[], higherIsBetter: boolean): PlannedRun {
  if (scores.length !== run.candidates.length || scores.some(Number.isNaN))
    throw new Error(`${run.id}: of ${run.candidates.length} candidates ${scores.length} have a score.`);
  const chosen = run.candidates[bestOf(scores, higherIsBetter)] as PlannedRun;
  const pattern = chosen.experiment.adapter?.rankPattern;
  return { ...run, experiment: mergeExperiments(run.experiment, { adapter: { rankPattern: pattern } }) };
}

/**
 * Ranks made of learned ones, as `adapter.rankPattern` takes them.
 * @param k largest rank of a layer
 * @param run whose seed and id decide what chance decides
 */
export const drawnPattern = (
  draw: RankDraw,
  learned: readonly LayerRank[],
  k: number,
  { seed, id }: Pick<PlannedRun, 'seed' | 'id'>,
): string => shorthandOf(drawRanks(draw, learned, k, { seed, key: id }));

/**
 * The run at the ranks that are made of those its source learned; the run's id and seed decide what chance decides, so that
 * it is the same run every time.
 */
export function rankedRun(run: PlannedRun, learned: readonly LayerRank[]): PlannedRun {
  if (!run.source) return run;
  const k = parseExperimentConfig(run.source.run.experiment).adapter.rank;
  const rankPattern = drawnPattern(run.source.draw, learned, k, run);
  return { ...run, experiment: mergeExperiments(run.experiment, { adapter: { rankPattern } }) };
}

/**
 * Passes through the model that an experiment is likely to take: a unit for the remaining time. A search step of AutoLoRA takes
 * four, a training step one.
 */
export function expectedPasses(config: ExperimentConfig): number {
  const { method, search, retrain } = config;
  return (method === 'autolora' ? 4 * search.steps : 0) + rolesOf(config).length * retrain.steps;
}

/** How much of a task is to be done, or was done in which time. */
export interface TaskWork {
  task: string;
  /** As `expectedPasses` has them. */
  passes: number;
}

/**
 * Milliseconds that what is left will take one after the other: passes at the pace of finished runs of the same task, or of all
 * tasks where there is none. Undefined before a first run is finished.
 */
export function remainingMs(
  left: readonly TaskWork[],
  done: readonly (TaskWork & { wallMs: number })[],
): number | undefined {
  const paceOf = (some: typeof done) =>
    some.reduce((sum, { wallMs }) => sum + wallMs, 0) / some.reduce((sum, { passes }) => sum + passes, 0);
  if (!done.some(({ passes }) => passes > 0)) return undefined;
  const overall = paceOf(done);
  return left.reduce((sum, { task, passes }) => {
    const alike = done.filter((run) => run.task === task && run.passes > 0);
    return sum + passes * (alike.length > 0 ? paceOf(alike) : overall);
  }, 0);
}
