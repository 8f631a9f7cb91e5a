/** The sizes at which a recipe can be run: a task's experiment with the embedded models, the paper's, or a test's. */
import type { ExperimentInput } from '../config/experiment';
import { isWritingTask } from '../config/taskSettings';
import type { RecipeName } from './recipes';
import { mergeExperiments } from './settings';

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
  const generates = isWritingTask(task);
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
    note: 'Base scale: checkpoints of the Hub at the paper’s batch sizes and learning rate (full finetuning at half of it, AdaLoRA at four times it); 3,000 steps, which the paper does not give; GPT-2 with 12 layers, as the paper describes its GPT2-medium; figure 2 with RoBERTa-large.',
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
