/** From a configuration and the files it names to what a session starts from: model, task and examples. */
import { type ExperimentConfig, type ExperimentInput, parseExperimentConfig } from '../config/experiment';
import { readCheckpoint } from '../model/checkpoint';
import { taskByName } from '../tasks/registry';
import type { Example, Task } from '../tasks/task';
import { type FileBytes, readText } from '../tensor/fileSet';
import type { SessionInput } from './session';

/** Files as they were fetched, dropped or read; the session's tensors are copies. */
export interface ExperimentFiles {
  /** The checkpoint folder, embedded or a person's own. */
  model: readonly FileBytes[];
  trainFile?: FileBytes;
  devFile?: FileBytes;
}

/**
 * Reads everything an experiment needs. The model's files must be those the configuration names.
 * @throws Error with one sentence naming file and place; nothing is returned half-read.
 */
export function readInputs(
  input: ExperimentInput,
  files: ExperimentFiles,
): Pick<SessionInput, 'config' | 'model' | 'task' | 'train' | 'dev' | 'notes'> {
  const config = parseExperimentConfig(input);
  const task = taskByName(config.data.task);
  const { train, dev, notes } = readExamples(config, task, files);
  const { name, source } = config.model;
  const model = readCheckpoint(files.model, {
    name,
    source: source === 'embedded' ? 'embedded' : `files: ${name}`,
  });
  return { config, model, task, train, dev, notes };
}

/** Examples of the original files where the configuration names them, else the task's own. */
function readExamples(
  { data }: ExperimentConfig,
  task: Task,
  { trainFile, devFile }: ExperimentFiles,
): { train: Example[]; dev: Example[]; notes: string[] } {
  if (!data.trainFile && !data.devFile) {
    if (!task.generate) {
      throw new Error(
        `The task "${task.name}" has no data of its own: give its original train and dev file (data.trainFile, data.devFile).`,
      );
    }
    return { train: task.generate('train'), dev: task.generate('dev'), notes: [] };
  }
  if (!task.parse) {
    throw new Error(
      `The task "${task.name}" reads no files: leave data.trainFile and data.devFile empty, or choose another task.`,
    );
  }
  const parse = task.parse.bind(task);
  const read = (what: 'train' | 'dev', named: string, file: FileBytes | undefined) => {
    if (!named) {
      throw new Error(
        `Only one data file is given: data.${what}File is empty, and both train and dev are needed.`,
      );
    }
    if (!file) throw new Error(`The ${what} file "${named}" was not given: choose it again.`);
    return parse(readText(file), file.name);
  };
  const train = read('train', data.trainFile, trainFile);
  const dev = read('dev', data.devFile, devFile);
  return { train: train.examples, dev: dev.examples, notes: [...train.notes, ...dev.notes] };
}
