/** What suits each task with embedded model and data, as in examples/<task>.json: taken over when a person chooses the task. */
import { type ExperimentConfig, type ExperimentInput, parseExperimentConfig } from './experiment';
import { type Field, fields, readField, writeField } from './fields';

/** Sentences that `roberta-12` reads: all of the data, and the steps and rate at which it learns them. */
const reading = (maxLength: number): ExperimentInput => ({
  model: { name: 'roberta-12', maxLength },
  data: { trainSize: 0, devSize: 0 },
  search: { steps: 200 },
  retrain: { steps: 600, learningRate: 3e-3 },
});

/** Texts that `gpt2-12` writes; a hundred of them are scored, since writing takes long. */
const writing: ExperimentInput = {
  model: { name: 'gpt2-12', maxLength: 128 },
  data: { trainSize: 0, devSize: 100 },
  search: { steps: 200 },
  retrain: { steps: 200, learningRate: 2e-3 },
};

/** Tasks whose examples are texts to write. */
const writingTasks: readonly string[] = ['e2e', 'webnlg'];

export const isWritingTask = (task: string): boolean => writingTasks.includes(task);

/** Only what differs from the defaults. */
const settings: Readonly<Record<string, ExperimentInput>> = {
  sst2: {},
  cola: reading(32),
  mrpc: reading(64),
  qqp: reading(64),
  mnli: reading(64),
  qnli: reading(64),
  rte: reading(64),
  stsb: reading(64),
  bionlp: reading(64),
  ...Object.fromEntries(writingTasks.map((task) => [task, writing])),
};

const fieldsAt = (paths: readonly string[]) => fields.filter(({ path }) => paths.includes(path));

/** What the task decides, while model or data are the embedded ones. */
const ofModel = fieldsAt(['model.name', 'model.maxLength']);
const ofData = fieldsAt(['data.trainSize', 'data.devSize']);
/** What it decides while nobody has changed it: a preset's steps, or one's own, stay. */
const ofSchedule = fieldsAt(['search.steps', 'retrain.steps', 'retrain.learningRate']);

/** The experiment of the task's examples file. */
export function taskExperiment(task: string): ExperimentInput {
  const own = settings[task] ?? {};
  return { ...own, data: { ...own.data, task } };
}

const take = (config: ExperimentConfig, some: readonly Field[], from: ExperimentConfig) =>
  some.reduce((changed, { path }) => writeField(changed, path, readField(from, path)), config);

/** Settings whose schedule suits task and model: the task's for the embedded model it was measured with, else the defaults. */
export const suitedTo = ({ model, data }: ExperimentConfig): ExperimentConfig =>
  parseExperimentConfig(model.source === 'embedded' ? taskExperiment(data.task) : {});

/**
 * The schedule that suits task and model, where nobody has changed it.
 * @param task whose schedule counts as untouched too
 */
export function fitSchedule(config: ExperimentConfig, task = config.data.task): ExperimentConfig {
  const usual = parseExperimentConfig({});
  const known = [usual, parseExperimentConfig(taskExperiment(task))];
  const isUntouched = ofSchedule.every(({ path }) =>
    known.some((one) => readField(config, path) === readField(one, path)),
  );
  return isUntouched ? take(config, ofSchedule, suitedTo(config)) : config;
}

/** By what they depend on: asked for with every change on the page. */
const usualConfigs = new Map<string, ExperimentConfig>();

/** What every setting is where nobody has changed one: what suits the task where model and data come from, else the default. */
export function usualOf({ model, data }: ExperimentConfig): ExperimentConfig {
  const key = [model.source, data.source, data.task].join(' ');
  const known = usualConfigs.get(key);
  if (known) return known;
  const bare = parseExperimentConfig({ model: { source: model.source }, data: { source: data.source } });
  const usual = applyTask(bare, data.task);
  usualConfigs.set(key, usual);
  return usual;
}

/** The configuration with the task and what suits it; a model or data of a person's own stay. */
export function applyTask(config: ExperimentConfig, task: string): ExperimentConfig {
  const target = parseExperimentConfig(taskExperiment(task));
  const decided = [
    ...(config.model.source === 'embedded' ? ofModel : []),
    ...(config.data.source === 'embedded' ? ofData : []),
  ];
  return fitSchedule(take(writeField(config, 'data.task', task), decided, target), config.data.task);
}
