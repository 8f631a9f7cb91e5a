/**
 * The paper's tables 1-5 and figures 2-3 as data: which methods on which tasks with which settings. What each run is
 * comes from three layers, a later one wins: the task's experiment at the chosen scale, the method's settings, the seed.
 */
import type { ExperimentInput } from '../config/experiment';

export type RecipeName = 'table1' | 'table2' | 'table3' | 'table4' | 'table5' | 'figure2' | 'figure3';

/**
 * Fields and choices of settings may be ones that this version does not offer (`plan.ts` skips the method then and says
 * why), so they are not typed as an ExperimentInput.
 */
export interface MethodSettings {
  method: string;
  [section: string]: string | Readonly<Record<string, string | number | boolean>>;
}

export interface ComparedMethod {
  /** On the command line and in folders: `lora-grid`. */
  name: string;
  label: string;
  settings: MethodSettings;
  /** For orientation, as the paper shows Full FT: not in the contest for the best. */
  forReference?: boolean;
  /** Each is trained on D_tr and scored on D_val; the best is then trained on all and scored on dev, once. */
  candidates?: readonly { name: string; settings: MethodSettings }[];
}

/** Rank of LoRA and its kin in the paper (§5.1): half of AutoLoRA's k, since about half of the components are kept. */
const loraRank = 4;
/** Rank-1 components per layer at search, k (§5.1). */
const searchRank = 8;

/**
 * LoRA's budget: of width d, two adapters have 2 (2 d m + m + d) parameters per block, two LoRA layers of rank 4 have 16 d, so
 * m = 3.5. (The paper's m = 24 is three times LoRA's size.)
 */
const adapterBottleneck = 3;

const loraKin = (method: string): MethodSettings => ({ method, adapter: { rank: loraRank } });

/** The baseline beside AutoLoRA is off: LoRA is a method of its own here, of a size that is chosen beforehand. */
const autolora = (
  adapter: Record<string, string> = {},
  more: Partial<MethodSettings> = {},
): MethodSettings => ({
  ...(more as MethodSettings),
  method: 'autolora',
  adapter: { rank: searchRank, ...adapter },
  baseline: { enabled: false },
});

/** What each projection tries; the grid is the square. */
const gridRanks = [1, 2, 4, 8] as const;

const gridSettings = (pattern: string, evaluateOn?: 'validation'): MethodSettings => ({
  method: 'lora',
  adapter: { rank: loraRank, rankPattern: pattern },
  ...(evaluateOn && { data: { evaluateOn } }),
});

/**
 * 16 rank configurations. The paper says how many it tried (§5.7), not which: this is the square of 1, 2, 4, 8 for the
 * query and for the value projections, so every uniform rank of that range is in it, and so is giving either projection
 * more; nothing is above AutoLoRA's k.
 */
export const rankGrid: readonly string[] = gridRanks.flatMap((query) =>
  gridRanks.map((value) => `query=${query},value=${value}`),
);

/** Folder name of a configuration: `query-4-value-8`. */
const gridName = (pattern: string) => pattern.replace(/[=,]/g, '-');

export const comparedMethods: readonly ComparedMethod[] = [
  // All weights at once want a smaller rate: a fourth of the tasks' 2e-3.
  {
    name: 'full',
    label: 'Full FT',
    settings: { method: 'full', retrain: { learningRate: 5e-4 } },
    forReference: true,
  },
  {
    name: 'adapter',
    label: 'Adapter',
    settings: { method: 'adapter', houlsby: { bottleneck: adapterBottleneck } },
  },
  { name: 'lora', label: 'LoRA', settings: loraKin('lora') },
  { name: 'rslora', label: 'rsLoRA', settings: loraKin('rslora') },
  { name: 'lora-plus', label: 'LoRA+', settings: loraKin('lora-plus') },
  { name: 'dora', label: 'DoRA', settings: loraKin('dora') },
  {
    name: 'adalora',
    label: 'AdaLoRA',
    settings: { method: 'adalora', adalora: { initRank: 1.5 * loraRank, targetRank: loraRank } },
  },
  { name: 'sora', label: 'SoRA', settings: { method: 'sora', sora: { maxRank: searchRank } } },
  {
    name: 'lora-grid',
    label: 'LoRA + grid search',
    settings: gridSettings(''),
    candidates: rankGrid.map((pattern) => ({
      name: gridName(pattern),
      settings: gridSettings(pattern, 'validation'),
    })),
  },
  { name: 'autolora-unconstrained', label: 'AutoLoRA (w/o cst.)', settings: autolora({ selection: 'none' }) },
  { name: 'autolora-sigmoid', label: 'AutoLoRA (sigmoid)', settings: autolora({ selection: 'sigmoid' }) },
  {
    name: 'autolora-eta0',
    label: 'AutoLoRA (η=0)',
    settings: autolora({}, { hypergradient: { estimator: 'first-order' } }),
  },
  { name: 'autolora', label: 'AutoLoRA', settings: autolora() },
];

/** @throws Error that lists the names there are */
export function comparedMethod(name: string): ComparedMethod {
  const method = comparedMethods.find((known) => known.name === name);
  if (!method)
    throw new Error(
      `There is no method "${name}"; choose among ${comparedMethods.map((known) => known.name).join(', ')}.`,
    );
  return method;
}

export interface Recipe {
  name: RecipeName;
  /** What the paper's table or figure shows. */
  caption: string;
  tasks: readonly string[];
  methods: readonly string[];
  /** Method that the others are tested against. */
  comparedWith: string;
  /** What is shown: scores by task and metric, costs, bars of the scores, or the learned ranks. */
  shows: 'scores' | 'costs' | 'bars' | 'ranks';
  /** Keys of `metrics/catalog.ts` by task; the metric the task is judged by where none is given. */
  metrics?: Readonly<Record<string, readonly string[]>>;
  /** A column with the mean over the tasks. */
  average?: boolean;
}

/** In the order of Table 1. */
const glueTasks = ['cola', 'sst2', 'mrpc', 'qqp', 'mnli', 'qnli', 'rte', 'stsb'];
const paperMethods = ['full', 'adapter', 'lora', 'adalora', 'autolora'];

export const recipes: readonly Recipe[] = [
  {
    name: 'table1',
    caption: 'Table 1: AutoLoRA and baselines on the GLUE tasks',
    tasks: glueTasks,
    methods: paperMethods,
    comparedWith: 'lora',
    shows: 'scores',
    average: true,
  },
  {
    name: 'table2',
    caption: 'Table 2: AutoLoRA and baselines on E2E and WebNLG',
    tasks: ['e2e', 'webnlg'],
    methods: paperMethods,
    comparedWith: 'lora',
    shows: 'scores',
    metrics: {
      e2e: ['bleu', 'nist', 'meteorExactStem', 'rougeL', 'cider'],
      webnlg: ['bleu', 'meteorExactStem', 'ter'],
    },
  },
  {
    name: 'table3',
    caption: 'Table 3: AutoLoRA and baselines on BioNLP',
    tasks: ['bionlp'],
    methods: paperMethods,
    comparedWith: 'lora',
    shows: 'scores',
    metrics: { bionlp: ['entityPrecision', 'entityF1'] },
  },
  {
    name: 'table4',
    caption: 'Table 4: ablations of AutoLoRA on the GLUE tasks',
    tasks: glueTasks,
    // LoRA is not in the paper's table; it is what every method here is tested against.
    methods: ['lora', 'autolora-unconstrained', 'autolora-sigmoid', 'autolora-eta0', 'autolora'],
    comparedWith: 'lora',
    shows: 'scores',
    average: true,
  },
  {
    name: 'table5',
    caption: 'Table 5: cost of training on SST-2, MNLI and QQP',
    tasks: ['sst2', 'mnli', 'qqp'],
    methods: ['lora', 'adalora', 'lora-grid', 'autolora'],
    comparedWith: 'adalora',
    shows: 'costs',
  },
  {
    name: 'figure2',
    caption: 'Figure 2: scores on MRPC, QQP and SST-2 with a larger model',
    tasks: ['mrpc', 'qqp', 'sst2'],
    methods: ['lora', 'adalora', 'autolora'],
    comparedWith: 'lora',
    shows: 'bars',
  },
  {
    name: 'figure3',
    caption: 'Figure 3: ranks that AutoLoRA learned on QQP, MNLI and E2E',
    tasks: ['qqp', 'mnli', 'e2e'],
    methods: ['autolora'],
    comparedWith: 'lora',
    shows: 'ranks',
  },
];

/** @throws Error that lists the names there are */
export function recipeByName(name: string): Recipe {
  const recipe = recipes.find((known) => known.name === name);
  if (!recipe)
    throw new Error(
      `There is no recipe "${name}"; choose one of ${recipes.map((known) => known.name).join(', ')}.`,
    );
  return recipe;
}

/** `smoke` is for tests: a handful of examples and steps, numbers that mean nothing. */
export const scaleNames = ['mini', 'base', 'smoke'] as const;
export type ScaleName = (typeof scaleNames)[number];

export interface Scale {
  name: ScaleName;
  /** Said below every table. */
  note: string;
  /** @param example the task's experiment with the embedded model (examples/<task>.json) */
  experiment(task: string, recipe: RecipeName, example: ExperimentInput): ExperimentInput;
}

/** One step on a few examples of the embedded data. */
const smokeSizes: ExperimentInput = {
  data: { trainSize: 8, devSize: 4 },
  search: { steps: 1, batchSize: 2 },
  // AdaLoRA wants steps to measure, to prune and to go on.
  retrain: { steps: 4, batchSize: 2 },
  generation: { decoding: 'greedy', maxNewTokens: 2 },
};

/** Where a person lays the original files of the tasks that GLUE does not have, below `--data DIR`. */
export const originalFiles: Readonly<Record<string, { trainFile: string; devFile: string }>> = {
  bionlp: { trainFile: 'bionlp/train.iob2', devFile: 'bionlp/test.iob2' },
  e2e: { trainFile: 'e2e/trainset.csv', devFile: 'e2e/testset_w_refs.csv' },
  webnlg: { trainFile: 'webnlg/train', devFile: 'webnlg/test' },
};

/** §5.1; the number of steps is not in the paper and is that of the preset `paper`. */
function baseExperiment(task: string, recipe: RecipeName): ExperimentInput {
  const generates = task === 'e2e' || task === 'webnlg';
  const name = generates
    ? 'openai-community/gpt2'
    : recipe === 'figure2'
      ? 'FacebookAI/roberta-large'
      : 'FacebookAI/roberta-base';
  const files = originalFiles[task];
  const batchSize = task === 'bionlp' ? 32 : 16;
  const rates = { steps: 3000, batchSize, learningRate: 1e-4, clipNorm: 0 };
  return {
    v: 1,
    model: { source: 'hub', name, maxLength: generates ? 256 : 128 },
    data: {
      task,
      ...(files ? { source: 'files', ...files } : { source: 'hub', repository: 'nyu-mll/glue' }),
      trainSize: 0,
      devSize: 0,
      validationFraction: 0.5,
    },
    search: { ...rates, betaLearningRate: 1e-3 },
    hypergradient: { eta: 1e-4 },
    retrain: rates,
    generation: { beams: 10 },
  };
}

export const scales: Readonly<Record<ScaleName, Scale>> = {
  mini: {
    name: 'mini',
    note: 'Mini scale: the embedded models and embedded data of this project, examples/<task>.json.',
    experiment: (_task, _recipe, example) => example,
  },
  base: {
    name: 'base',
    note: 'Base scale: checkpoints of the Hub at the paper’s batch sizes and learning rates; 3,000 steps, which the paper does not give; GPT-2 with 12 layers, as the paper describes its GPT2-medium.',
    experiment: (task, recipe) => baseExperiment(task, recipe),
  },
  smoke: {
    name: 'smoke',
    note: 'Smoke scale: a few steps on eight examples; the numbers mean nothing.',
    experiment: (_task, _recipe, example) => {
      const name = example.model?.name === 'gpt2-12' ? 'gpt2-12' : 'roberta-quick';
      return mergeExperiments(example, smokeSizes, { model: { name } });
    },
  },
};

/** Section by section; a later input wins field by field. */
export function mergeExperiments(...inputs: readonly (ExperimentInput | MethodSettings)[]): ExperimentInput {
  const merged: Record<string, unknown> = {};
  for (const input of inputs)
    for (const [key, value] of Object.entries(input)) {
      const before = merged[key];
      merged[key] = typeof value === 'object' && typeof before === 'object' ? { ...before, ...value } : value;
    }
  return merged as ExperimentInput;
}
