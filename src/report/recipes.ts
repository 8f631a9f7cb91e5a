/**
 * The paper's tables 1-5 and figures 2-3 as data, and what it leaves open: which methods on which tasks. What each run is
 * comes from four layers, a later one wins: the task's experiment at the chosen scale, the method's settings, what is fitted to the
 * task, the seed.
 */
import { taskByName } from '../tasks/registry';
import type { Plan } from './plan';
import { triedSettings } from './triedSettings';

export type RecipeName =
  | 'table1'
  | 'table2'
  | 'table3'
  | 'table4'
  | 'table5'
  | 'figure2'
  | 'figure3'
  | 'stability'
  | 'cost'
  | 'estimators'
  | 'rates';

export interface Recipe {
  name: RecipeName;
  /**
   * What the paper's table or figure shows; `{tasks}` stands for those that are run, `{methods}` for the methods, and `{ranks}` for
   * the ranks of one method, of which each table tells its own.
   */
  caption: string;
  /** What `{tasks}` are together where they are the recipe's own; their titles where nothing is given. */
  ownTasks?: string;
  tasks: readonly string[];
  methods: readonly string[];
  /** Method that the others are tested against; absent where nothing is tested. */
  comparedWith?: string;
  /**
   * What is shown: scores by task and metric, costs, bars of the scores, the learned ranks, scores beside how well the
   * learned ranks agree, scores beside costs, or a table for each setting that is tried on validation.
   */
  shows: 'scores' | 'costs' | 'bars' | 'ranks' | 'agreement' | 'trade' | 'tried';
  /** Keys of `metrics/catalog.ts` by task; the metric the task is judged by where none is given. */
  metrics?: Readonly<Record<string, readonly string[]>>;
  /** A column with the mean over the tasks. */
  average?: boolean;
  /** A column with the total rank. */
  totalRank?: boolean;
  /** Sentences that go below its table, beside those that every table has. */
  notes?: readonly string[];
}

/** In the order of Table 1. */
const glueTasks = ['cola', 'sst2', 'mrpc', 'qqp', 'mnli', 'qnli', 'rte', 'stsb'];
/**
 * Those that the embedded models learn well above what words alone give, and on which plain LoRA is not yet at its ceiling, as it
 * is on CoLA, MRPC, QQP and MNLI (docs/results.md).
 */
const learnedTasks = ['sst2', 'rte', 'stsb', 'bionlp'];
/** The paper's, and LoRA of the size that AutoLoRA chose, which the paper lacks: is it the rank or the search that helps? */
const paperMethods = ['full', 'adapter', 'lora', 'adalora', 'ranks-uniform', 'autolora'];

export const recipes: readonly Recipe[] = [
  {
    name: 'table1',
    caption: 'Table 1: {methods} on {tasks}',
    ownTasks: 'the GLUE tasks',
    tasks: glueTasks,
    methods: paperMethods,
    comparedWith: 'lora',
    shows: 'scores',
    average: true,
    totalRank: true,
  },
  {
    name: 'table2',
    caption: 'Table 2: {methods} on {tasks}',
    tasks: ['e2e', 'webnlg'],
    methods: paperMethods,
    comparedWith: 'lora',
    shows: 'scores',
    totalRank: true,
    metrics: {
      e2e: ['bleu', 'nist', 'meteorExactStem', 'rougeL', 'cider'],
      webnlg: ['bleu', 'meteorExactStem', 'ter'],
    },
  },
  {
    name: 'table3',
    caption: 'Table 3: {methods} on {tasks}',
    ownTasks: 'BioNLP',
    tasks: ['bionlp'],
    methods: paperMethods,
    comparedWith: 'lora',
    shows: 'scores',
    totalRank: true,
    metrics: { bionlp: ['entityPrecision', 'entityF1'] },
  },
  {
    name: 'table4',
    caption: 'Table 4: ablations of AutoLoRA on {tasks}',
    ownTasks: 'the GLUE tasks',
    tasks: glueTasks,
    // LoRA is not in the paper's table; it is what every method here is tested against.
    methods: ['lora', 'autolora-unconstrained', 'autolora-sigmoid', 'autolora-eta0', 'autolora'],
    comparedWith: 'lora',
    shows: 'scores',
    average: true,
    totalRank: true,
  },
  {
    name: 'table5',
    caption: 'Table 5: cost of training on {tasks}',
    tasks: ['sst2', 'mnli', 'qqp'],
    methods: ['lora', 'adalora', 'lora-grid', 'autolora'],
    shows: 'costs',
  },
  {
    name: 'figure2',
    caption: 'Figure 2: scores on {tasks}',
    tasks: ['mrpc', 'qqp', 'sst2'],
    methods: ['lora', 'adalora', 'autolora'],
    comparedWith: 'lora',
    shows: 'bars',
  },
  {
    name: 'figure3',
    caption: 'Figure 3: {ranks} on {tasks}',
    tasks: ['qqp', 'mnli', 'e2e'],
    methods: ['autolora'],
    shows: 'ranks',
  },
  {
    name: 'stability',
    caption: 'Does it matter where the rank goes? LoRA retrained at learned ranks and at others',
    tasks: learnedTasks,
    methods: ['autolora', 'autolora-other-split', 'ranks-permuted', 'ranks-random', 'ranks-uniform'],
    comparedWith: 'autolora',
    shows: 'agreement',
    average: true,
    totalRank: true,
    notes: [
      'Every row of a seed is trained alike: same steps, train set, order, head and start of A; only the ranks differ.',
      'Permuted: the ranks AutoLoRA learned with that seed, dealt to the layers at random. Random: a vector of ranks 0 to k, each with the learned total as likely. LoRA of AutoLoRA’s size: the nearest uniform rank, whose total is not quite the learned one.',
      'Another split: AutoLoRA with the same seed, whose train set is split in two differently; its retraining sees all of it.',
    ],
  },
  {
    name: 'cost',
    caption: 'Cheaper searches: AutoLoRA’s score and its cost against AdaLoRA’s',
    tasks: ['sst2', 'rte', 'bionlp'],
    methods: [
      'lora',
      'adalora',
      'adalora-equal-data',
      'autolora',
      'autolora-forward',
      'autolora-eta0',
      'autolora-every2',
      'autolora-every4',
      'autolora-stop',
      'autolora-kept',
      'autolora-cheap',
      'autolora-cheap-stop',
      'autolora-lean',
      'autolora-lean-stop',
      'autolora-lean-eta0',
    ],
    comparedWith: 'autolora',
    shows: 'trade',
    average: true,
    totalRank: true,
  },
  {
    name: 'estimators',
    caption:
      'Does the hypergradient matter? AutoLoRA by its estimators, and as the authors’ code computes it',
    tasks: ['sst2', 'rte'],
    methods: [
      'lora',
      'autolora',
      'autolora-eta0',
      'autolora-forward',
      'autolora-exact',
      'autolora-sama',
      'autolora-released',
    ],
    comparedWith: 'autolora',
    shows: 'trade',
    average: true,
    totalRank: true,
    notes: [
      'Authors’ code: its split 0.7 : 0.3, rank rule, differences around the stepped weights without the factor η, roll-back, no clipping, Adam without decay and with β1 = 0.5 for β; steps, batches and rates are the task’s.',
    ],
  },
  {
    name: 'rates',
    caption: 'Settings tried on validation',
    tasks: learnedTasks,
    methods: triedSettings.flatMap(({ tried }) => tried.map(({ name }) => name)),
    shows: 'tried',
    average: true,
    totalRank: true,
    notes: ['Trained on D_tr, scored on D_val, the held-out half of train; dev is not read.'],
  },
];

const listed = (names: readonly string[]): string =>
  [names.slice(0, -1).join(', '), ...names.slice(-1)].filter(Boolean).join(' and ');

/** The recipe's caption with what is run in it. */
export function captionOf(recipe: Recipe, { tasks, methods }: Pick<Plan, 'tasks' | 'methods'>): string {
  const { caption, ownTasks, tasks: own } = recipe;
  const areOwn = tasks.length === own.length && own.every((task) => tasks.includes(task));
  const titles = listed(tasks.map((task) => taskByName(task).title));
  const besides = methods.length > 1 && methods.some(({ name }) => name === 'autolora');
  return caption
    .replace('{tasks}', (areOwn && ownTasks) || titles)
    .replace('{methods}', besides ? 'AutoLoRA and baselines' : listed(methods.map(({ label }) => label)));
}

/** Metrics that the paper's tables have of a task; undefined where they have the one that it is judged by. */
export const tableMetrics = (task: string): readonly string[] | undefined =>
  recipes.find(({ metrics }) => metrics?.[task])?.metrics?.[task];

/** @throws Error that lists the names there are */
export function recipeByName(name: string): Recipe {
  const recipe = recipes.find((known) => known.name === name);
  if (!recipe)
    throw new Error(
      `There is no recipe "${name}"; choose one of ${recipes.map((known) => known.name).join(', ')}.`,
    );
  return recipe;
}
