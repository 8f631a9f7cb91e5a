/** Named settings of the method, tabulated in docs/method.md (“Presets”). Model, task, files, sizes and seed stay as they are. */
import { type ExperimentConfig, type ExperimentInput, parseExperimentConfig } from './experiment';
import { fields, readField, writeField } from './fields';
import { taskExperiment } from './taskSettings';

export type PresetName = 'quick' | 'paper' | 'released-code';

export interface Preset {
  name: PresetName;
  title: string;
  /** What a person should know before choosing it. */
  description: string;
  /** Only what differs from the defaults. */
  config: ExperimentInput;
}

export const presets: readonly Preset[] = [
  {
    name: 'quick',
    title: 'Quick',
    description:
      'Made to be watched: 200 or 240 search steps, as suits the task, with a β learning rate of 0.015, fifteen times the paper’s 0.001, so that the selection weights separate within a minute or two.',
    // And what suits the task (taskSettings.ts).
    config: {},
  },
  {
    name: 'paper',
    title: 'Paper',
    description:
      'The paper’s rates: AdamW 1e-4 for W, AdamW 1e-3 for β, halves for train and validation, central differences before the step. Needs thousands of steps to show.',
    config: {
      data: { validationFraction: 0.5 },
      adapter: { rank: 8, loraAlpha: 16, selection: 'softmax', rankRule: 'threshold' },
      search: { steps: 3000, batchSize: 16, learningRate: 1e-4, betaLearningRate: 1e-3, clipNorm: 0 },
      hypergradient: {
        estimator: 'finite-difference',
        eta: 1e-4,
        unroll: 'sgd',
        perturbAround: 'pre-step',
        implicitScale: 'eta',
      },
      retrain: { steps: 3000, batchSize: 16, learningRate: 1e-4, clipNorm: 0 },
    },
  },
  {
    name: 'released-code',
    title: 'Authors’ code',
    description:
      'What the authors’ GLUE code does: Adam 3e-4 for both, split 0.7 : 0.3, batch 32, differences around the stepped weights without the factor η, roll-back, and ranks from raw logits.',
    config: {
      data: { validationFraction: 0.3 },
      adapter: { rank: 8, loraAlpha: 16, selection: 'softmax', rankRule: 'raw-mean' },
      search: {
        steps: 3000,
        batchSize: 32,
        learningRate: 3e-4,
        weightDecay: 0,
        betaLearningRate: 3e-4,
        betaWeightDecay: 0,
        betaAdamBeta1: 0.5,
        clipNorm: 0,
      },
      hypergradient: {
        estimator: 'finite-difference',
        eta: 3e-4,
        unroll: 'optimizer',
        perturbAround: 'post-step',
        implicitScale: 'unit',
        rollback: true,
      },
      retrain: { steps: 3000, batchSize: 32, learningRate: 3e-4, weightDecay: 0, clipNorm: 0 },
    },
  },
];

/** Fields that a preset decides. */
const presetFields = fields.filter(
  ({ path, group }) =>
    ['adapter', 'search', 'hypergradient', 'retrain'].includes(group) || path === 'data.validationFraction',
);

/** By preset and, where it depends on one, task: asked for with every change on the page. */
const presetConfigs = new Map<string, ExperimentConfig>();

/** The preset with this task: quick is what suits the task with the embedded model, the others are the same for all. */
export function presetConfig(name: PresetName, { data, model }: ExperimentConfig): ExperimentConfig {
  const task = name === 'quick' && model.source === 'embedded' ? data.task : undefined;
  const key = task === undefined ? name : `${name} ${task}`;
  const known = presetConfigs.get(key);
  if (known) return known;
  const ofPreset = presets.find((preset) => preset.name === name)?.config ?? {};
  const config = parseExperimentConfig(task === undefined ? ofPreset : taskExperiment(task));
  presetConfigs.set(key, config);
  return config;
}

/** The configuration with the preset's method settings; model, data files, sizes and seed are kept. */
export function applyPreset(config: ExperimentConfig, name: PresetName): ExperimentConfig {
  const target = presetConfig(name, config);
  return presetFields.reduce(
    (changed, { path }) => writeField(changed, path, readField(target, path)),
    config,
  );
}

/** The preset whose method settings these are, or undefined for settings of one's own. */
export function presetOf(config: ExperimentConfig): PresetName | undefined {
  return presets.find(({ name }) => {
    const target = presetConfig(name, config);
    return presetFields.every(({ path }) => readField(config, path) === readField(target, path));
  })?.name;
}
