/** `autolora reproduce`: a table or figure of the paper from runs of its own, resumed where they were cut off. */
import { mkdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { ExperimentInput } from '../config/experiment';
import { methodFacts } from '../config/methods';
import { metricInfo } from '../metrics/catalog';
import { comparedMethods } from '../report/comparedMethods';
import { type MadeRun, mixtures } from '../report/mixtures';
import { type Plan, type PlannedRun, planRuns, withNeeded } from '../report/plan';
import { captionOf, type Recipe, recipeByName, recipes } from '../report/recipes';
import { lostNotes, type MethodRun } from '../report/records';
import { type RunCost, sumCosts, trainingCost } from '../report/runCost';
import { originalFiles, type Scale, scaleNames, scales } from '../report/scales';
import { mergeExperiments } from '../report/settings';
import { comparedMethod, triedSettingsOf } from '../report/triedSettings';
import { taskByName } from '../tasks/registry';
import {
  backendOf,
  backendOption,
  type CommandSpec,
  integerOf,
  type OptionSpec,
  type ParsedArguments,
  UsageError,
} from './arguments';
import { experimentAt, withDownloads } from './experimentFile';
import { finishedResult, hasDiverged } from './finishedRun';
import { checkOutFolder, projectRoot } from './folders';
import { hubOptions } from './hubOptions';
import { buildSite } from './projectScript';
import { writeReport } from './recipeReport';
import type { RunResult } from './result';
import { lockedExit } from './runLock';
import { describeOutcome, divergedNotes, type QueueOutcome, type QueueWork, runQueue } from './runQueue';
import { onStopSignal } from './stopSignals';
import { spawnTrainer, type Trainer } from './trainer';
import { replaceFile } from './wholeFiles';

const say = (line: string) => process.stderr.write(`${line}\n`);

const publicScales = scaleNames.filter((name) => name !== 'smoke');
const recipeNames = recipes.map(({ name }) => name).join('|');

export const reproduceSpec: CommandSpec = {
  name: 'reproduce',
  usage: `${recipeNames} --out DIR [--scale ${publicScales.join('|')}] [--seeds N] [--tasks a,b] [--methods a,b] [--against METHOD] [--jobs N]`,
  summary: 'Makes a table or figure of the paper, or one of this project’s own, and trains its runs.',
  details:
    'Writes NAME.md, .tex, .csv and -seeds.csv (figures: .svg too) to DIR, and every run to DIR/runs. Runs that are\n' +
    'finished are not run again; one that was cut off goes on. mini takes the embedded models and data, and all recipes\n' +
    'of one DIR share their runs, also at the same time: one that another command trains is left to it. base takes the\n' +
    'paper’s checkpoints and data, which must have been downloaded, and every recipe has runs of its own.\n' +
    `Methods: ${comparedMethods.map(({ name }) => name).join(', ')}.`,
  options: {
    out: { type: 'string', value: 'DIR', help: 'Folder for the table and its runs.' },
    scale: { type: 'string', value: publicScales.join('|'), help: 'Default: mini.' },
    seeds: { type: 'string', value: 'N', help: 'Runs with seeds 1 to N. Default: 5.' },
    tasks: {
      type: 'string',
      value: 'NAMES',
      help: 'Only these of the recipe, or others. Default: the recipe’s.',
    },
    methods: { type: 'string', value: 'NAMES', help: 'Default: the recipe’s.' },
    against: {
      type: 'string',
      value: 'METHOD',
      help: 'Tests the others against it. Default: the recipe’s, mostly lora.',
    },
    jobs: { type: 'string', value: 'N', help: 'Runs at the same time. Default: 1; more blur wall times.' },
    data: {
      type: 'string',
      value: 'DIR',
      help: `At scale base, folder of the original files: ${Object.values(originalFiles)
        .flatMap(({ trainFile, devFile }) => [trainFile, devFile])
        .join(', ')}.`,
    },
    backend: backendOption,
    endpoint: hubOptions.endpoint as OptionSpec,
    cache: hubOptions.cache as OptionSpec,
  },
};

/** @throws UsageError where a name is empty; undefined where the option is not given */
function namesOf(args: ParsedArguments, option: string): string[] | undefined {
  const names = args
    .text(option)
    ?.split(',')
    .map((name) => name.trim());
  if (names?.some((name) => name === ''))
    throw new UsageError(`The option --${option} takes names with commas between.`);
  return names && [...new Set(names)];
}

/** The methods a recipe runs; of settings that are tried, those of the methods that are asked for. */
function methodsOf(args: ParsedArguments, recipe: Recipe): readonly string[] {
  const asked = namesOf(args, 'methods');
  if (!asked) return recipe.methods;
  if (recipe.shows === 'tried')
    return asked.flatMap((name) => triedSettingsOf(name).tried.map((method) => method.name));
  for (const name of asked) {
    const { settings } = comparedMethod(name);
    if (!comparedMethods.some((method) => method.name === name))
      throw new Error(
        `"${name}" is a setting that the recipe rates tries: it is scored on validation, and no row beside scores on dev.`,
      );
    if (recipe.shows === 'ranks' && !methodFacts[settings.method].ranks)
      throw new Error(`The method "${name}" has no ranks to show.`);
  }
  return asked;
}

/** The recipe, its rows tested against another of its methods where that is asked for. */
function testedAgainst(recipe: Recipe, methods: readonly string[], against: string | undefined): Recipe {
  if (against === undefined) return recipe;
  if (recipe.shows === 'tried')
    throw new Error(`The recipe ${recipe.name} tests against the setting of today.`);
  if (!recipe.comparedWith) throw new Error(`The recipe ${recipe.name} tests nothing.`);
  if (!methods.includes(against))
    throw new Error(`--against takes one of the methods that are run: ${methods.join(', ')}.`);
  return { ...recipe, comparedWith: against };
}

function scaleOf(args: ParsedArguments): Scale {
  const name = args.text('scale') ?? 'mini';
  const found = scaleNames.find((known) => known === name);
  if (!found)
    throw new UsageError(`There is no scale "${name}"; --scale takes ${publicScales.join(' or ')}.`);
  return scales[found];
}

const exampleOf = (task: string): ExperimentInput =>
  JSON.parse(readFileSync(join(projectRoot, 'examples', `${task}.json`), 'utf8')) as ExperimentInput;

/** Data files of the base scale are looked up in `--data`. */
function withDataFolder(experiment: ExperimentInput, folder: string): ExperimentInput {
  if (experiment.data?.source !== 'files') return experiment;
  const { trainFile = '', devFile = '' } = experiment.data;
  const data = { trainFile: resolve(folder, trainFile), devFile: resolve(folder, devFile) };
  return mergeExperiments(experiment, { data });
}

/** What a task needs that is not on this machine, or undefined: said before anything is trained. */
async function missingOf(
  file: string,
  experiment: ExperimentInput,
  args: ParsedArguments,
): Promise<string | undefined> {
  try {
    const { config, paths } = experimentAt(file, experiment);
    await withDownloads(config, paths, args);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

function costOf({ method, wallMs, cost }: RunResult): RunCost {
  const phases = Object.entries(wallMs).map(([key, ms]) => {
    const [role, phase = ''] = key.split('/');
    return { role, phase, wallMs: ms, cost: cost[key] };
  });
  return trainingCost(phases.filter(({ role }) => role === method));
}

function methodRunOf(run: PlannedRun, results: ReadonlyMap<string, RunResult>): MethodRun | undefined {
  const result = results.get(run.id);
  if (!result) return undefined;
  const tried = run.candidates.flatMap(({ id }) => results.get(id) ?? []);
  return {
    method: run.method,
    task: run.task,
    seed: run.seed,
    metrics: result.metrics,
    ranks: result.ranks,
    adapterParameters: result.parameters.adapter,
    keptParameters: result.parameters.kept,
    cost: sumCosts([result, ...tried].map(costOf)),
  };
}

/** What is asked for. @throws UsageError where a name or a number is wrong */
function planOf(args: ParsedArguments, name: string, scale: Scale): { recipe: Recipe; plan: Plan } {
  try {
    const found = recipeByName(name);
    const methods = methodsOf(args, found);
    const recipe = testedAgainst(found, methods, args.text('against'));
    const tasks = [...new Set((namesOf(args, 'tasks') ?? recipe.tasks).map((task) => taskByName(task).name))];
    const seeds = Array.from({ length: integerOf(args, 'seeds', 5, 1) }, (_, i) => i + 1);
    const dataFolder = args.text('data') ?? '.';
    const plan = planRuns({ tasks, methods, seeds }, (task) =>
      withDataFolder(scale.experiment(task, recipe.name, exampleOf(task)), dataFolder),
    );
    return { recipe: { ...recipe, caption: captionOf(recipe, plan) }, plan };
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

/** Where the runs lie: a folder each, and beside it the experiment file. */
interface RunPlaces {
  folderOf(run: PlannedRun): string;
  fileOf(run: PlannedRun): string;
}

function runPlaces(out: string, scale: Scale, recipe: Recipe): RunPlaces {
  const runsFolder = join(out, 'runs', scale.name, ...(scale.name === 'base' ? [recipe.name] : []));
  const folderOf = ({ id }: PlannedRun) => join(runsFolder, ...id.split('/'));
  return { folderOf, fileOf: (run) => `${folderOf(run)}.json` };
}

function writeExperiment(file: string, experiment: ExperimentInput): void {
  mkdirSync(dirname(file), { recursive: true });
  replaceFile(file, `${JSON.stringify(experiment, null, 2)}\n`);
}

/** @throws Error naming every model and data file that is not on this machine */
async function checkInputs(
  { tasks, runs }: Plan,
  { fileOf }: RunPlaces,
  args: ParsedArguments,
): Promise<void> {
  // One whose experiment is whole already: what needs other runs gets its ranks from them.
  const needed = tasks.flatMap((task) => runs.find((run) => run.task === task) ?? []);
  const whole = needed.map((run) => run.source?.run ?? run);
  const missing = await Promise.all(whole.map((run) => missingOf(fileOf(run), run.experiment, args)));
  const sentences = [...new Set(missing.filter((sentence) => sentence !== undefined))];
  if (sentences.length > 0)
    throw new Error(
      `Nothing was trained, since something is not on this machine yet:\n${sentences.join('\n')}`,
    );
}

/** How a planned run is trained and what its result says. */
function queueWork({ folderOf, fileOf }: RunPlaces, train: Trainer): QueueWork<RunResult> {
  return {
    finished: (run) => finishedResult(folderOf(run), run.experiment),
    hasDiverged: (run) => hasDiverged(folderOf(run), run.experiment),
    train: async (run) => {
      const file = fileOf(run);
      writeExperiment(file, run.experiment);
      const { code, said } = await train(file, folderOf(run));
      if (code === 130) return 'stopped';
      if (code === lockedExit) return { elsewhere: said.trim().split('\n').at(-1) ?? '' };
      if (code !== 0) throw new Error(`autolora run ended with ${code}:\n${said.trim()}`);
      return 'finished';
    },
    score: ({ metrics }, { task }) => {
      const { primaryMetric } = taskByName(task);
      return {
        value: metrics[primaryMetric] as number,
        higherIsBetter: metricInfo(primaryMetric).higherIsBetter,
      };
    },
    ranks: ({ ranks }) => ranks,
    wallMs: ({ wallMs }) => wallMs.total ?? 0,
    say,
  };
}

/** Options that every run is given too. */
function passedOn(args: ParsedArguments): string[] {
  return ['backend', 'endpoint', 'cache'].flatMap((option) => {
    const value = option === 'backend' ? backendOf(args) : args.text(option);
    return value ? [`--${option}`, value] : [];
  });
}

interface Training {
  jobs: number;
  flags: readonly string[];
  /** Whether it goes on in the site's worker. */
  needsSite: boolean;
  /** Instead of a process for each run. */
  trainer?: Trainer;
}

/** Trains what is not finished; Ctrl-C saves it. */
async function trainRuns(
  { runs }: Plan,
  places: RunPlaces,
  { jobs, flags, needsSite, trainer }: Training,
): Promise<QueueOutcome<RunResult>> {
  const children = spawnTrainer(['--resume', ...flags]);
  let stopAsked = false;
  const unlisten = onStopSignal(() => {
    if (!stopAsked) say('Saving the runs; the same command goes on.');
    stopAsked = true;
    children.stop();
  });
  let isBuilt = !needsSite;
  const train: Trainer = (file, folder) => {
    // Runs that begin together would all build it.
    if (!isBuilt) buildSite();
    isBuilt = true;
    return (trainer ?? children.train)(file, folder);
  };
  try {
    return await runQueue(runs, jobs, queueWork(places, train), () => stopAsked);
  } finally {
    unlisten();
  }
}

/** Writes the recipe's files from the runs that are finished, if any, and prints the tables. */
function report(
  out: string,
  recipe: Recipe,
  plan: Plan,
  { results, diverged, lost }: QueueOutcome<RunResult>,
  note: string,
): void {
  const records = plan.runs.flatMap((run) => methodRunOf(run, results) ?? []);
  if (records.length === 0) return;
  // Those too whose learned ranks were used.
  const made = withNeeded(plan.runs).flatMap(({ id, task, seed }): MadeRun[] => {
    const result = results.get(id);
    if (!result) return [];
    const { backend, fingerprint, config } = result;
    // Candidates are trained on a part of what the chosen one is trained on.
    const on = config.data.evaluateOn === 'validation' ? ', validation' : '';
    return [{ begins: task, sees: `${task} (seed ${seed}${on})`, backend: backend.name, fingerprint }];
  });
  const mixed = mixtures(made, 'Remake them in another --out.');
  const { written, markdown } = writeReport(out, recipe, plan, records, [
    note,
    ...divergedNotes(diverged),
    ...lostNotes(lost),
    ...mixed,
  ]);
  process.stdout.write(markdown);
  say(`Written: ${written.join(', ')}.`);
}

/** @param trainer how a run is run; a process of its own by default. @returns exit code */
export async function reproduce(args: ParsedArguments, trainer?: Trainer): Promise<number> {
  const [name, ...more] = args.positionals;
  if (!name || more.length > 0)
    throw new UsageError(`Which recipe? Give one of ${recipeNames.replaceAll('|', ', ')}.`);
  const outGiven = args.text('out');
  if (!outGiven) throw new UsageError('Where shall the table and its runs go? Give a folder: --out DIR.');
  checkOutFolder(outGiven);
  const out = resolve(outGiven);
  const training = {
    jobs: integerOf(args, 'jobs', 1, 1),
    flags: passedOn(args),
    needsSite: backendOf(args) === 'webgpu',
    trainer,
  };
  const scale = scaleOf(args);
  const { recipe, plan } = planOf(args, name, scale);

  const places = runPlaces(out, scale, recipe);
  await checkInputs(plan, places, args);
  const began = Date.now();
  const outcome = await trainRuns(plan, places, training);
  report(out, recipe, plan, outcome, scale.note);
  describeOutcome(outcome, Date.now() - began).forEach(say);
  if (outcome.stopped) return 130;
  if (outcome.failures.length > 0) return 1;
  return outcome.elsewhere.length > 0 ? lockedExit : 0;
}
