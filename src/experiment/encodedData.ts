/** The examples of an experiment: drawn, split into D_tr and D_val, and encoded. */
import type { ExperimentConfig } from '../config/experiment';
import { trains } from '../config/methods';
import { RandomStream } from '../random/stream';
import { drawnSubset, splitExamples } from '../tasks/batches';
import {
  type EncodedExample,
  type EncodedSet,
  encodeCompletions,
  encodeSequences,
  encodeTagged,
} from '../tasks/encoding';
import { overlapNotes } from '../tasks/overlap';
import type { Example, GenerationExample, SequenceExample, TaggingExample, Task } from '../tasks/task';
import type { Tokenizer } from '../tokenizer/tokenizer';

export interface EncodedData {
  /** What retraining and single-level methods see: D_tr ∪ D_val, or D_tr alone where D_val is scored. */
  train: EncodedExample[];
  searchTrain: EncodedExample[];
  searchValidation: EncodedExample[];
  /** What evaluation reads: dev, or D_val. */
  dev: EncodedExample[];
  devExamples: Example[];
  /** Of which so many are a part; absent where they are all. */
  devAvailable?: number;
}

/** Token ids and labels of examples of the task's kind. */
function encode(
  task: Task,
  examples: readonly Example[],
  tokenizer: Tokenizer,
  maxLength: number,
): EncodedSet {
  switch (task.kind) {
    case 'tagging':
      return encodeTagged(examples as TaggingExample[], tokenizer, maxLength, task.labels);
    case 'generation':
      return encodeCompletions(examples as GenerationExample[], tokenizer, maxLength);
    default:
      return encodeSequences(examples as SequenceExample[], tokenizer, maxLength);
  }
}

/** @throws Error where so many of so many examples of that set are too few to score */
function checkScored(task: Task, count: number, available: number, set: 'dev' | 'validation'): void {
  if (count === 0) throw new Error(`The ${set} set is empty; evaluation needs at least one example.`);
  if (task.kind !== 'regression' || count > 1) return;
  const has =
    available > count
      ? `data.devSize takes one of the ${available} examples of the ${set} set`
      : `The ${set} set has one example`;
  throw new Error(`${has}; a correlation needs at least two.`);
}

const whole = (count: number) => count.toLocaleString('en');

/** @throws Error where there are too few examples to split, or to score */
function drawExamples(
  config: ExperimentConfig,
  task: Task,
  train: readonly Example[],
  dev: readonly Example[],
) {
  const { seed, data } = config;
  const shuffled = RandomStream.of(seed, 'data').permutation(train.length);
  const chosen = [...shuffled.subarray(0, data.trainSize || train.length)].map((i) => train[i] as Example);
  if (chosen.length < 4) {
    throw new Error(
      `The train set has ${chosen.length} examples (of ${train.length}); at least 4 are needed to split it in two.`,
    );
  }
  // Split before encoding: the texts of one record stay on one side.
  const halves = splitExamples(chosen, data.validationFraction, data.splitSeed || seed);
  const onValidation = data.evaluateOn === 'validation';
  const scored = onValidation ? halves.validation : dev;
  const size = Math.min(data.devSize || scored.length, scored.length);
  // Embedded examples and D_val stand in a random order already.
  const isRandom = onValidation || data.source === 'embedded';
  const devExamples = isRandom ? scored.slice(0, size) : drawnSubset(scored, size);
  checkScored(task, devExamples.length, scored.length, onValidation ? 'validation' : 'dev');
  const notes: string[] = [];
  if (trains(config) && data.source !== 'embedded' && chosen.length < train.length)
    notes.push(
      `Of ${whole(train.length)} train examples ${whole(chosen.length)} are taken, drawn by the seed; data.trainSize 0 takes all.`,
    );
  if (!isRandom && size < scored.length)
    notes.push(
      `Of ${whole(scored.length)} dev examples ${whole(size)} are scored, drawn at random and the same for every seed; data.devSize 0 scores all.`,
    );
  if (!isRandom) notes.push(...overlapNotes(chosen, devExamples));
  return { chosen, halves, devExamples, available: scored.length, notes };
}

/**
 * @param dev not looked at where `data.evaluateOn` is `validation`
 * @param maxLength in tokens
 * @returns the examples, and sentences about what was cut and what their score means
 * @throws Error with a sentence where there are too few of them
 */
export function encodeData(
  {
    config,
    task,
    train,
    dev,
  }: { config: ExperimentConfig; task: Task; train: readonly Example[]; dev: readonly Example[] },
  tokenizer: Tokenizer,
  maxLength: number,
): { data: EncodedData; notes: string[] } {
  const drawn = drawExamples(config, task, train, dev);
  const { chosen, halves, devExamples, available } = drawn;
  const onValidation = config.data.evaluateOn === 'validation';
  const notes = [...drawn.notes];
  if (onValidation && config.method === 'autolora')
    notes.push(
      'Scored on the validation examples that the selection variables learn on: AutoLoRA’s score is flattered.',
    );
  const rowsOf = (examples: readonly Example[]) => encode(task, examples, tokenizer, maxLength);
  const trainSet = rowsOf(onValidation ? halves.train : chosen);
  const [searchTrain, searchValidation] = [rowsOf(halves.train).rows, rowsOf(halves.validation).rows];
  const devSet = rowsOf(devExamples);
  for (const [name, { rows, truncated }] of [
    ['train', trainSet],
    [onValidation ? 'validation' : 'dev', devSet],
  ] as const) {
    if (truncated > 0)
      notes.push(
        `${truncated} of ${rows.length} ${name} rows are longer than ${maxLength} tokens and were cut; a larger model.maxLength keeps them whole.`,
      );
  }
  return {
    data: {
      train: trainSet.rows,
      searchTrain,
      searchValidation,
      dev: devSet.rows,
      devExamples,
      ...(available > devExamples.length && { devAvailable: available }),
    },
    notes,
  };
}
