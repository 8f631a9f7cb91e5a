/** What a person can choose: tasks with groups, embedded models, and whether a model and data can serve the task. */
import type { ExperimentConfig } from '../config/experiment';
import type { FieldValue } from '../config/fields';
import { methodFacts } from '../config/methods';
import { taskExperiment } from '../config/taskSettings';
import { taskByName } from '../tasks/registry';
import { ownTaskFacts, ownTaskName, type Task } from '../tasks/task';
import type { TaskKind } from '../telemetry/events';
import type { ModelShape } from './files/modelShape';
import type { ChosenFiles } from './runs/runRecord';

/** What the page needs to know of a task, without its readers and generators. */
export type TaskInfo = Pick<
  Task,
  'name' | 'title' | 'description' | 'kind' | 'labels' | 'files' | 'primaryMetric'
>;

/** Classification by a person's own labels, which only a train file names. */
const ownClassification: TaskInfo = { ...ownTaskFacts, labels: [] };

/** Undefined for a name that a link made up. */
export function taskInfo(name: string): TaskInfo | undefined {
  if (name === ownTaskName) return ownClassification;
  try {
    return taskByName(name);
  } catch {
    return undefined;
  }
}

/** What the page calls a task; one that a link made up, by its name. */
export const taskTitle = (name: string): string => taskInfo(name)?.title ?? name;

/** A setting's value as a person reads it. */
export function settingText(path: string, value: FieldValue): string {
  if (path === 'method') return methodFacts[value as keyof typeof methodFacts]?.title ?? String(value);
  if (path === 'data.task') return taskTitle(String(value));
  if (value === 0 && (path === 'data.trainSize' || path === 'data.devSize')) return 'all';
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  return value === '' ? '–' : String(value);
}

const grouped = {
  'GLUE: one sentence': ['sst2', 'cola'],
  'GLUE: pairs of sentences': ['mrpc', 'qqp', 'mnli', 'qnli', 'rte', 'stsb'],
  'Named entities': ['bionlp'],
  'Data to text': ['e2e', 'webnlg'],
  'Your own data': [ownTaskName],
};

/** Every task in groups, in the order in which they are offered. */
export const taskGroups: readonly { title: string; tasks: readonly TaskInfo[] }[] = Object.entries(
  grouped,
).map(([title, names]) => ({ title, tasks: names.map((name) => taskInfo(name) as TaskInfo) }));

/** True where the task is one of GLUE's. */
export const isGlueTask = (name: string): boolean =>
  [...grouped['GLUE: one sentence'], ...grouped['GLUE: pairs of sentences']].includes(name);

/** True where an example is a text and a second one. */
export const isPairTask = (name: string): boolean => grouped['GLUE: pairs of sentences'].includes(name);

type Family = NonNullable<ModelShape['family']>;

/** The kind of model that a task of this kind needs. */
export const familyFor = (kind: TaskKind): Family => (kind === 'generation' ? 'gpt2' : 'roberta');

export const familyTitles: Readonly<Record<Family, string>> = { roberta: 'RoBERTa', gpt2: 'GPT-2' };

export interface EmbeddedModel {
  name: string;
  family: Family;
  /** In a line. */
  description: string;
}

/** What lies in public/models. */
export const embeddedModels: readonly EmbeddedModel[] = [
  { name: 'roberta-quick', family: 'roberta', description: 'RoBERTa, 4 blocks: quickest to watch' },
  { name: 'roberta-12', family: 'roberta', description: 'RoBERTa, 12 blocks: the paper’s 24 rows' },
  { name: 'gpt2-12', family: 'gpt2', description: 'GPT-2, 12 blocks: writes texts' },
];

/** The embedded model that suits a task. */
export function embeddedModelFor(task: string): string {
  const suited = taskExperiment(task).model?.name ?? 'roberta-quick';
  const family = embeddedModels.find(({ name }) => name === suited)?.family;
  const kind = taskInfo(task)?.kind;
  return kind && family !== familyFor(kind) ? 'gpt2-12' : suited;
}

/** Why the chosen model cannot serve the chosen task, and the embedded one that can. */
export function modelProblem(
  { model, data }: ExperimentConfig,
  shape: ModelShape | undefined,
): { message: string; remedy: string } | undefined {
  const task = taskInfo(data.task);
  const embedded = model.source === 'embedded' && embeddedModels.find(({ name }) => name === model.name);
  const family = embedded ? embedded.family : shape?.family;
  if (!task || !family || family === familyFor(task.kind)) return undefined;
  const remedy = embeddedModelFor(data.task);
  return {
    message:
      family === 'gpt2'
        ? `${model.name} is a GPT-2, which writes texts; ${task.title} needs a RoBERTa, which reads them.`
        : `${model.name} is a RoBERTa, which cannot write texts; ${task.title} needs a GPT-2.`,
    remedy,
  };
}

/** What is still missing before the data can be trained on, as a sentence. */
export function dataProblem({ data }: ExperimentConfig, files: ChosenFiles): string | undefined {
  const task = taskInfo(data.task);
  if (!task) return `There is no task “${data.task}” here; choose one.`;
  if (data.source === 'embedded')
    return task.name === ownTaskName
      ? 'A classification of your own has no embedded data: choose a train and a dev file.'
      : undefined;
  if (data.source !== 'files') return undefined;
  const needsDev = data.evaluateOn === 'dev';
  const missing = [!files.train && 'train', needsDev && !files.dev && 'dev'].filter(Boolean);
  if (missing.length === 0) return undefined;
  const what = missing.length === 2 ? 'a train and a dev file' : `a ${missing[0]} file`;
  return `Choose ${what}: ${task.files}`;
}
