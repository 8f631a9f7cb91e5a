/** What it is finetuned on, and how train is split. */
import { z } from 'zod';
import { choice, integer, real, text } from '../fieldBuilders';
import { sources } from '../sources';

export const data = z.object({
  task: text('sst2', {
    label: 'Task',
    reason: 'What the model is finetuned for.',
    group: 'data',
  }),
  source: choice(sources, 'embedded', {
    label: 'Data source',
    reason:
      "embedded is this project's own grammar; files are the task's original files or tables of your own; hub a data set on the Hugging Face Hub.",
    group: 'data',
  }),
  repository: text('nyu-mll/glue', {
    label: 'Data set',
    reason: 'owner/name of a data set on the Hub.',
    group: 'data',
  }),
  revision: text('main', {
    label: 'Data revision',
    reason: 'Branch, tag or commit of the data set.',
    group: 'data',
    advanced: true,
  }),
  trainFile: text('', {
    label: 'Train file',
    reason: 'Original file or table of the task; on the Hub its path in the data set.',
    group: 'data',
  }),
  devFile: text('', {
    label: 'Dev file',
    reason: 'Only evaluation reads it.',
    group: 'data',
  }),
  columns: text('', {
    label: 'Columns',
    reason:
      'Which column of a table holds what, e.g. text=sentence, label=class; empty goes by the usual names.',
    group: 'data',
    advanced: true,
  }),
  trainSize: integer(1000, 0, 1_000_000, {
    label: 'Train examples',
    reason: 'Taken from the start of the shuffled train set; 0 takes all.',
    group: 'data',
  }),
  devSize: integer(500, 0, 1_000_000, {
    label: 'Dev examples',
    reason: 'Fewer evaluate faster, with a wider error; 0 takes all.',
    group: 'data',
  }),
  evaluateOn: choice(['dev', 'validation'], 'dev', {
    label: 'Evaluate on',
    reason:
      'validation trains on the part of train that W learns on, scores the other part and never reads dev: for choosing settings.',
    group: 'data',
    advanced: true,
  }),
  validationFraction: real(0.5, 0.05, 0.95, {
    label: 'Validation share',
    reason:
      'Part of train that the selection variables learn on: the paper halves, the released code takes 0.3.',
    group: 'data',
  }),
  splitSeed: integer(0, 0, 0xffffffff, {
    label: 'Split seed',
    reason: 'Splits train in two by a seed of its own, to see what the split does; 0 takes the run’s seed.',
    group: 'data',
    advanced: true,
  }),
});
