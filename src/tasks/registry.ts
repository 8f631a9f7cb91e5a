/** All tasks by name. */
import { bionlpTask } from './bionlp';
import { colaTask } from './cola';
import { e2eTask } from './e2e';
import { mnliTask } from './mnli';
import { mrpcTask } from './mrpc';
import { qnliTask } from './qnli';
import { qqpTask } from './qqp';
import { rteTask } from './rte';
import { sst2Task } from './sst2';
import { stsbTask } from './stsb';
import { ownTaskName, type Task } from './task';
import { webnlgTask } from './webnlg';

/** In the order in which the page lists them. */
export const tasks: readonly Task[] = [
  sst2Task,
  colaTask,
  mrpcTask,
  qqpTask,
  mnliTask,
  qnliTask,
  rteTask,
  stsbTask,
  bionlpTask,
  e2eTask,
  webnlgTask,
];

export const taskNames: readonly string[] = tasks.map((task) => task.name);

/** @throws Error that lists the names there are, or says that one's own classification has no data of its own. */
export function taskByName(name: string): Task {
  if (name === ownTaskName)
    throw new Error(
      'A classification of your own has no embedded data: give files of your own (data.source "files", data.trainFile and data.devFile).',
    );
  // Links and configurations of the first release call the embedded SST-2 "sentiment".
  const wanted = name === 'sentiment' ? 'sst2' : name;
  const task = tasks.find((candidate) => candidate.name === wanted);
  if (task === undefined)
    throw new Error(`There is no task "${name}"; choose one of ${taskNames.join(', ')}.`);
  return task;
}
