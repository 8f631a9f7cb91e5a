/** The methods that recipes compare, each with its settings and where they come from. */
import type { ExperimentConfig, ExperimentInput } from '../config/experiment';
import { ablations, methodTitle } from '../config/methods';
import { presets } from '../config/presets';
import type { RankDraw } from './rankDraws';
import { type MethodSettings, mergeExperiments } from './settings';

export interface ComparedMethod {
  /** On the command line and in folders: `lora-grid`. */
  name: string;
  label: string;
  settings: MethodSettings;
  /** What follows from the task's own settings, such as half of its steps; wins over `settings`. */
  fitted?(task: ExperimentConfig): ExperimentInput;
  /** Its ranks are made of those that another method's run of the same task and seed has learned. */
  ranksFrom?: { method: string; draw: RankDraw };
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

const loraKin = (method: MethodSettings['method']): MethodSettings => ({
  method,
  adapter: { rank: loraRank },
});

/** The task's own learning rate times a factor, without the crumbs of a product: 0.0009, not 0.0008999999. */
export const rateTimes =
  (factor: number) =>
  ({ retrain }: ExperimentConfig): ExperimentInput => ({
    retrain: { learningRate: Number((factor * retrain.learningRate).toPrecision(6)) },
  });

/** The baseline beside AutoLoRA is off: LoRA is a method of its own here, of a size that is chosen beforehand. */
const autolora = (more: ExperimentInput = {}): MethodSettings => ({
  ...more,
  method: 'autolora',
  adapter: { rank: searchRank, ...more.adapter },
  baseline: { enabled: false },
});

const ablation = (name: string, { name: title, settings }: (typeof ablations)[keyof typeof ablations]) => ({
  name,
  label: `AutoLoRA (${title})`,
  settings: autolora(settings),
});

/** AutoLoRA whose train set is split in two differently, all else being as in its run. */
export const splitTwin = 'autolora-other-split';

/** A split of the train set that no run's own seed draws. */
const otherSplitSeed = 1_000_001;

/** LoRA of one rank everywhere, nearest to the total that AutoLoRA learned: beside it in one run, or a run of its own. */
export const loraOfItsSize = 'LoRA of AutoLoRA’s size';

/** LoRA at ranks made of those that AutoLoRA learned, retrained as AutoLoRA is: same steps, train set, head, order and start. */
const drawn = (draw: RankDraw, label: string): ComparedMethod => ({
  name: `ranks-${draw}`,
  label,
  settings: { method: 'lora', adapter: { rank: searchRank } },
  ranksFrom: { method: 'autolora', draw },
});

/** A search is stable once its ranks have changed by a tenth of their total at most for this share of its steps. */
const stableShare = 0.15;
const stableTolerance = 0.1;

const stopWhenStable = ({ search }: ExperimentConfig): ExperimentInput => ({
  search: { stopWhenStable: Math.max(1, Math.round(stableShare * search.steps)), stableTolerance },
});

/** What survives has been trained for as many steps as the search took, so retraining needs fewer; half of them at least. */
const fewerSteps = ({ search, retrain }: ExperimentConfig): ExperimentInput => ({
  retrain: { steps: Math.max(Math.ceil(retrain.steps / 2), retrain.steps - search.steps) },
});

/** A plain β step every fourth iteration, without the pass at W − εv, and retraining from what survives. */
const cheapSearch = {
  hypergradient: { estimator: 'finite-difference-forward', hyperEvery: 4 },
  retrain: { init: 'kept' },
} as const;

/** AutoLoRA made cheaper, one choice at a time and together. */
const cheaperMethods: readonly ComparedMethod[] = [
  {
    name: 'autolora-forward',
    label: 'AutoLoRA, forward difference',
    settings: autolora({ hypergradient: { estimator: 'finite-difference-forward' } }),
  },
  ...[2, 4].map((every) => ({
    name: `autolora-every${every}`,
    label: `AutoLoRA, β step every ${every}`,
    settings: autolora({ hypergradient: { hyperEvery: every } }),
  })),
  {
    name: 'autolora-stop',
    label: 'AutoLoRA, stopped when stable',
    settings: autolora(),
    fitted: stopWhenStable,
  },
  {
    name: 'autolora-kept',
    label: 'AutoLoRA, kept components',
    settings: autolora({ retrain: { init: 'kept' } }),
  },
  {
    name: 'autolora-cheap',
    label: 'AutoLoRA, forward, every 4, kept',
    settings: autolora(cheapSearch),
  },
  {
    name: 'autolora-cheap-stop',
    label: 'AutoLoRA, forward, every 4, kept, stopped when stable',
    settings: autolora(cheapSearch),
    fitted: stopWhenStable,
  },
  {
    name: 'autolora-lean',
    label: 'AutoLoRA, forward, every 4, kept, retrained for fewer steps',
    settings: autolora(cheapSearch),
    fitted: fewerSteps,
  },
  {
    name: 'autolora-lean-eta0',
    label: 'AutoLoRA, first-order, every 2, kept, retrained for fewer steps',
    settings: autolora({ ...cheapSearch, hypergradient: { estimator: 'first-order', hyperEvery: 2 } }),
    fitted: fewerSteps,
  },
  {
    name: 'autolora-lean-stop',
    label: 'AutoLoRA, forward, every 4, kept, stopped when stable, retrained for fewer steps',
    settings: autolora(cheapSearch),
    fitted: (task) => ({ ...stopWhenStable(task), ...fewerSteps(task) }),
  },
];

/**
 * What the authors' code computes in place of what the paper writes, at the task's own steps, batches and rates: its own are for
 * another model.
 */
function releasedCode(): MethodSettings {
  const { data, adapter, search, hypergradient, retrain } =
    presets.find(({ name }) => name === 'released-code')?.config ?? {};
  const ofTask = ['steps', 'batchSize', 'learningRate', 'betaLearningRate'];
  const without = (section: object = {}) =>
    Object.fromEntries(Object.entries(section).filter(([key]) => !ofTask.includes(key)));
  return autolora({ data, adapter, search: without(search), hypergradient, retrain: without(retrain) });
}

/** AutoLoRA by other hypergradients. */
const estimatorMethods: readonly ComparedMethod[] = [
  {
    name: 'autolora-exact',
    label: 'AutoLoRA, exact hypergradient',
    settings: autolora({ hypergradient: { estimator: 'exact' } }),
  },
  {
    name: 'autolora-sama',
    label: 'AutoLoRA, SAMA',
    settings: autolora({ hypergradient: { estimator: 'sama', unroll: 'optimizer' } }),
  },
  { name: 'autolora-released', label: 'AutoLoRA, authors’ code', settings: releasedCode() },
];

/**
 * Four times the task's rate. What AdaLoRA computes moves by s E_i B_i A_i, and E_i starts at 0 and goes one rate a step, where
 * each of LoRA's B_i goes a rate in all its d places: at LoRA's own rate the loss stands still for the first fifth of a short run. The authors' rates are
 * 5e-4 to 2.2e-3 (their scripts for GLUE), AutoLoRA's paper has 1e-4 for LoRA.
 */
const adaloraRate = 4;

const adaloraSettings: MethodSettings = {
  method: 'adalora',
  adalora: { initRank: 1.5 * loraRank, targetRank: loraRank },
};

/** What the recipes `stability`, `cost` and `estimators` compare besides. */
export const moreMethods: readonly ComparedMethod[] = [
  {
    name: splitTwin,
    label: 'AutoLoRA, another split',
    settings: autolora({ data: { splitSeed: otherSplitSeed } }),
  },
  drawn('permuted', 'Learned ranks, permuted'),
  drawn('random', 'Random ranks, same total'),
  {
    name: 'adalora-equal-data',
    label: 'AdaLoRA, as many examples',
    settings: adaloraSettings,
    // A search step reads a train batch and a validation batch.
    fitted: (task) => {
      const { search, retrain } = task;
      const more = Math.round((2 * search.steps * search.batchSize) / retrain.batchSize);
      return mergeExperiments(rateTimes(adaloraRate)(task), { retrain: { steps: retrain.steps + more } });
    },
  },
  ...cheaperMethods,
  ...estimatorMethods,
];

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

/** All weights at once want a smaller rate than adapters: 5e-4 for the embedded models, 5e-5 where the adapters have 1e-4. */
const fullRate = ({ retrain }: ExperimentConfig): ExperimentInput => ({
  retrain: { learningRate: Math.min(5e-4, retrain.learningRate / 2) },
});

/** The methods of the paper, and what people would compare with today. */
export const mainMethods: readonly ComparedMethod[] = [
  {
    name: 'full',
    label: 'Full FT',
    settings: { method: 'full' },
    fitted: fullRate,
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
  { name: 'adalora', label: 'AdaLoRA', settings: adaloraSettings, fitted: rateTimes(adaloraRate) },
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
  drawn('uniform', loraOfItsSize),
  ablation('autolora-unconstrained', ablations.unconstrained),
  ablation('autolora-sigmoid', ablations.sigmoid),
  ablation('autolora-eta0', ablations.firstOrder),
  { name: 'autolora', label: 'AutoLoRA', settings: autolora() },
];

/** By name on the command line. */
export const comparedMethods: readonly ComparedMethod[] = [...mainMethods, ...moreMethods];

const known = (name: string | undefined) => comparedMethods.find((method) => method.name === name);

/** What a run is called that is compared as `name`; where that says no more than its method, or nothing, by its method. */
export const comparedTitle = (config: ExperimentConfig, name: string | undefined): string =>
  (name === config.method ? undefined : known(name)?.label) ?? methodTitle(config);

/** Whose results decide its ranks: those of its candidates (a grid search), or of the search that they are drawn from. */
export function ranksMadeBy(name: string | undefined): 'candidates' | 'search' | undefined {
  const method = known(name);
  if (method?.candidates) return 'candidates';
  return method?.ranksFrom && 'search';
}
