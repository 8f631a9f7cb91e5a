/** All tasks by name. */
import { colaTask } from './cola';
import { sentimentTask } from './sentiment';
import { sst2Task } from './sst2';
import type { Task } from './task';

/** In the order in which the page lists them. */
export const tasks: readonly Task[] = [sentimentTask, sst2Task, colaTask];

export const taskNames: readonly string[] = tasks.map((task) => task.name);

/** @throws Error that lists the names there are. */
export function taskByName(name: string): Task {
  const task = tasks.find((candidate) => candidate.name === name);
  if (task === undefined)
    throw new Error(`There is no task "${name}"; choose one of ${taskNames.join(', ')}.`);
  return task;
}
