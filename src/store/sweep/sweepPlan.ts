/** What a sweep trains: methods on equal footing over tasks and seeds, or the experiment with some settings varied. */
import { type ExperimentConfig, parseExperimentConfig } from '../../config/experiment';
import { fieldAt, fields, parseFieldText, readField, writeField } from '../../config/fields';
import { type MethodName, methodFacts, methodNames } from '../../config/methods';
import { changesResult } from '../../config/readSettings';
import { applyTask, taskExperiment } from '../../config/taskSettings';
import { type PlannedRun, planRuns, withNeeded } from '../../report/plan';
import type { RankDraw } from '../../report/rankDraws';
import { taskTitle } from '../choices';
import type { ComparedAs } from '../runs/runRecord';

/** One run of a sweep. */
export interface SweepRun {
  config: ExperimentConfig;
  /** Name within the sweep, for what waits for it: `sst2/lora-grid/query-1-value-2/seed-1`. */
  id?: string;
  comparedAs?: ComparedAs;
  waitsFor?: WaitsFor;
}

/** Ids of the runs of the same sweep that a rank pattern comes from: the best of some on validation, or what one has learned. */
export type WaitsFor = { candidates: readonly string[] } | { ranksOf: string; draw: RankDraw };

/**
 * More than the largest table takes with five seeds (Table 5: 300), and what the browser keeps of so many, about 2 kB each, is
 * under a fifth of the 5 MB that it gives a site for settings.
 */
export const mostRuns = 400;

/** Said before anything is made: a number that was typed may ask for millions. */
function checkCount(count: number): void {
  if (count > mostRuns)
    throw new Error(
      `That would be ${count} runs; a sweep has at most ${mostRuns}. The command line (autolora reproduce) has no such limit.`,
    );
}

function checkSeeds(seeds: number): void {
  if (!Number.isInteger(seeds) || seeds < 1) throw new Error('A sweep has at least one seed.');
}

const seedsFrom = (first: number, count: number) => Array.from({ length: count }, (_, i) => first + i);

interface ComparisonRequest {
  /** So many, counted from the experiment's own on. */
  seeds: number;
  /** Names of compared methods (`report/comparedMethods.ts`). */
  methods: readonly string[];
  /** Empty: the experiment's own. */
  tasks: readonly string[];
}

/** What a compared method settles for itself, or leaves as the task's experiment has it, whatever the Lab says. */
const settledByMethod = [
  'adapter.rank',
  'adapter.rankPattern',
  'adapter.selection',
  'adapter.rankRule',
  'adapter.from',
  'adalora.initRank',
  'adalora.targetRank',
  'sora.maxRank',
  'houlsby.bottleneck',
  'hypergradient.estimator',
  'hypergradient.unroll',
  'hypergradient.perturbAround',
  'hypergradient.implicitScale',
  'hypergradient.rollback',
  'hypergradient.hyperEvery',
  'hypergradient.inspectEvery',
  'search.stopWhenStable',
  'search.stableTolerance',
  'retrain.init',
  'retrain.scaling',
  'baseline.enabled',
  'baseline.rank',
  'data.evaluateOn',
];

/** The experiment on a task, without what methods settle. */
function commonGround(base: ExperimentConfig, task: string): ExperimentConfig {
  const usual = parseExperimentConfig(taskExperiment(task));
  const onTask = task === base.data.task ? base : applyTask(base, task);
  return settledByMethod.reduce((config, path) => writeField(config, path, readField(usual, path)), onTask);
}

/**
 * Methods as the tables of the paper compare them (`autolora reproduce`): of matched sizes, each with its own learning rate;
 * steps, data, model and all else are the experiment's.
 * @throws Error on what cannot be
 */
export function planComparison(
  base: ExperimentConfig,
  { seeds, methods, tasks }: ComparisonRequest,
): SweepRun[] {
  checkSeeds(seeds);
  if (methods.length === 0) throw new Error('Choose the methods to compare.');
  const own = base.data.task;
  const chosen = tasks.length > 0 ? tasks : [own];
  const isEmbedded = base.data.source === 'embedded' && base.model.source === 'embedded';
  if (!isEmbedded && chosen.some((task) => task !== own))
    throw new Error('A model or data of your own serve one task: choose no other.');
  const { source, evaluateOn, devFile } = base.data;
  if (source === 'files' && evaluateOn === 'validation' && devFile === '')
    throw new Error('A comparison is scored on dev examples: choose a dev file too.');
  checkCount(seeds * methods.length * chosen.length);
  const grounds = new Map(chosen.map((task) => [task, commonGround(base, task)]));
  const { runs } = planRuns(
    { tasks: chosen, methods, seeds: seedsFrom(base.seed, seeds) },
    (task) => grounds.get(task) as ExperimentConfig,
  );
  const all = withNeeded(runs);
  checkCount(all.length);
  return all.map(sweepRunOf);
}

function sweepRunOf({ id, method, experiment, candidates, source, isCandidate }: PlannedRun): SweepRun {
  const config = parseExperimentConfig(experiment);
  if (isCandidate) return { id, config, comparedAs: { method, isCandidate } };
  const run = { id, config, comparedAs: { method } };
  if (source) return { ...run, waitsFor: { ranksOf: source.run.id, draw: source.draw } };
  if (candidates.length > 0)
    return { ...run, waitsFor: { candidates: candidates.map((candidate) => candidate.id) } };
  return run;
}

/** Why nothing would come of varying a setting. */
function idleBecause(configs: readonly ExperimentConfig[], path: string): string {
  if (path === 'reportEvery' || path === 'hypergradient.inspectEvery')
    return 'it says what is shown of a run, not how it is trained';
  if (path.startsWith('generation.'))
    return `no texts are written on ${[...new Set(configs.map(({ data }) => taskTitle(data.task)))].join(' and ')}`;
  if (configs.some(({ adapter }) => adapter.from !== '') && /^(adapter|baseline)\./.test(path))
    return 'the adapter that training begins from brings its own';
  if (
    /^(baseline\.rank|adapter\.rankPattern)$/.test(path) &&
    configs.some(({ method }) => method === 'autolora')
  )
    return 'plain LoRA is not trained beside AutoLoRA';
  const rank = configs.find(
    ({ method, baseline }) => methodFacts[method].ranks === 'uniform' && baseline.rank > 0,
  )?.baseline.rank;
  return path === 'adapter.rank' && rank !== undefined
    ? `“LoRA rank” is ${rank} and goes before it; set that to 0`
    : `${[...new Set(configs.map(({ method }) => methodFacts[method].title))].join(' and ')} does not read it`;
}

/** What changes no result makes no other run: the first of those that are alike, with what changes none of theirs as before. */
function differentRuns(
  configs: readonly ExperimentConfig[],
  varied: ReadonlySet<string>,
  base: ExperimentConfig,
): ExperimentConfig[] {
  const found = new Map<string, ExperimentConfig>();
  for (const config of configs) {
    const telling = fields.filter(({ path }) => changesResult(config, path));
    const key = JSON.stringify(telling.map(({ path }) => readField(config, path)));
    if (found.has(key)) continue;
    const idle = [...varied].filter((path) => !changesResult(config, path));
    const own = idle.reduce((some, path) => writeField(some, path, readField(base, path)), config);
    found.set(key, own);
  }
  return [...found.values()];
}

/** Made before those that are alike are left out. */
const mostCombinations = 2000;

export interface VariationRequest {
  /** So many, counted from the experiment's own on. */
  seeds: number;
  /** None: the experiment's own. */
  methods: readonly MethodName[];
  /** Dotted path and the values, as they were typed: `0.001, 0.003`. */
  grid: readonly { path: string; values: string }[];
  /** Scored on the held-out half of train, so that what is chosen by the scores has not seen dev. */
  onValidation?: boolean;
}

/**
 * Every combination once.
 * @throws Error on what cannot be
 */
export function planVariation(
  base: ExperimentConfig,
  { seeds, methods, grid, onValidation = false }: VariationRequest,
): SweepRun[] {
  checkSeeds(seeds);
  const unknown = methods.find((name) => !methodNames.includes(name));
  if (unknown) throw new Error(`There is no method “${unknown}”.`);
  checkCount(seeds * Math.max(1, methods.length));
  const scored: ExperimentConfig = onValidation
    ? { ...base, data: { ...base.data, evaluateOn: 'validation' } }
    : base;
  let configs = methods.length > 0 ? methods.map((method) => ({ ...scored, method })) : [scored];
  const paths = new Set<string>();
  for (const { path, values } of grid) {
    if (path === '') continue;
    const field = fieldAt(path);
    if (!field) throw new Error(`There is no setting “${path}”.`);
    if (paths.has(path) || (path === 'method' && methods.length > 0) || path === 'seed')
      throw new Error(`“${field.label}” is varied already.`);
    paths.add(path);
    const parsed = values
      .split(',')
      .map((text) => text.trim())
      .filter((text) => text !== '')
      .map((text) => {
        const value = parseFieldText(field, text);
        const clamped = typeof value === 'number' && value !== Number(text);
        if (value === undefined || clamped) {
          const allowed = field.options
            ? `one of ${field.options.join(', ')}`
            : field.min !== undefined
              ? `a number from ${field.min} to ${field.max}`
              : `a ${field.kind} value`;
          throw new Error(`“${field.label}” cannot be ${text}; give ${allowed}.`);
        }
        return value;
      });
    if (parsed.length === 0) throw new Error(`Give values for “${field.label}”, parted by commas.`);
    if (configs.length * parsed.length > mostCombinations) checkCount(seeds * configs.length * parsed.length);
    configs = configs.flatMap((config) => parsed.map((value) => writeField(config, path, value)));
  }
  for (const path of paths)
    if (!configs.some((config) => changesResult(config, path)))
      throw new Error(`“${fieldAt(path)?.label}” changes nothing here: ${idleBecause(configs, path)}.`);
  const different = differentRuns(configs, paths, scored);
  checkCount(seeds * different.length);
  return seedsFrom(base.seed, seeds).flatMap((seed) =>
    different.map((config) => ({ config: { ...config, seed } })),
  );
}
