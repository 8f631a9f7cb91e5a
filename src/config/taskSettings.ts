/** What suits each task with embedded model and data: taken over when a person chooses the task. */
import { type ExperimentConfig, type ExperimentInput, parseExperimentConfig } from './experiment';
import { fields, readField, writeField } from './fields';

/** Only what differs from the defaults. */
const settings: Readonly<Record<string, ExperimentInput>> = {
  sst2: {},
  cola: { model: { name: 'roberta-12', maxLength: 32 } },
  mrpc: { model: { name: 'roberta-12', maxLength: 64 } },
  qqp: { model: { name: 'roberta-12', maxLength: 64 } },
  mnli: { model: { name: 'roberta-12', maxLength: 64 } },
  qnli: { model: { name: 'roberta-12', maxLength: 64 } },
  rte: { model: { name: 'roberta-12', maxLength: 80 } },
  stsb: { model: { name: 'roberta-12', maxLength: 64 } },
  bionlp: { model: { name: 'roberta-12', maxLength: 64 } },
  e2e: { model: { name: 'gpt2-12', maxLength: 128 }, data: { devSize: 100 } },
  webnlg: { model: { name: 'gpt2-12', maxLength: 128 }, data: { devSize: 100 } },
};

/** Fields that a task decides; data files are not among them. */
const decided = fields.filter(({ path }) =>
  ['model.name', 'model.maxLength', 'data.trainSize', 'data.devSize'].includes(path),
);

/** The experiment of an examples file: the task with everything that suits it. */
export function taskExperiment(task: string): ExperimentInput {
  const own = settings[task] ?? {};
  return { ...own, data: { ...own.data, task } };
}

/** The configuration with the task and what suits it; a model or data of a person's own stay. */
export function applyTask(config: ExperimentConfig, task: string): ExperimentConfig {
  const target = parseExperimentConfig(taskExperiment(task));
  const kept = decided.filter(
    ({ path }) => (path.startsWith('model.') ? config.model.source : config.data.source) === 'embedded',
  );
  return kept.reduce(
    (changed, { path }) => writeField(changed, path, readField(target, path)),
    writeField(config, 'data.task', task),
  );
}
