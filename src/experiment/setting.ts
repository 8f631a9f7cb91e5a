/** What stays fixed while an experiment runs: configuration, model on the device, task, encoded examples, layers. */
import { type LoraPass, loraTargets } from '../adapters/lora';
import type { PeftAdapter } from '../adapters/peft';
import { ranksOfShorthand } from '../adapters/rankPattern';
import type { BilevelLoss } from '../bilevel/hypergradient/estimator';
import type { ExperimentConfig } from '../config/experiment';
import { methodFacts } from '../config/methods';
import { longestInput } from '../model/config';
import type { DropoutPass, ForwardHooks } from '../model/forward';
import type { StoredModel } from '../model/loadedModel';
import {
  checkHead,
  createTaskModel,
  type DeviceBatch,
  disposeTaskModel,
  type Head,
  type TaskModel,
  taskLogits,
  taskLoss,
} from '../model/taskModel';
import { hashKey, purposeKey, RandomStream } from '../random/stream';
import { drawnSubset, splitExamples } from '../tasks/batches';
import {
  type EncodedExample,
  type EncodedSet,
  encodeCompletions,
  encodeSequences,
  encodeTagged,
} from '../tasks/encoding';
import type { Example, GenerationExample, SequenceExample, TaggingExample, Task } from '../tasks/task';
import type { Fingerprint, HubCommits, StartEvent } from '../telemetry/events';
import type { FileBytes } from '../tensor/fileSet';
import type { TensorRecord } from '../tensor/records';
import type { Tokenizer } from '../tokenizer/tokenizer';
import type { CostMeter } from './cost';
import { hashExamples, WeightHash } from './fingerprint';
import { fitAdapter, type ImportedAdapter } from './importedAdapter';

export interface ExperimentSetting {
  config: ExperimentConfig;
  model: TaskModel;
  tokenizer: Tokenizer;
  task: Task;
  /** Longest input in tokens: what was asked for, or all the positions the model has. */
  maxLength: number;
  /** What retraining and single-level methods see: D_tr ∪ D_val, or D_tr alone where D_val is scored. */
  train: EncodedExample[];
  searchTrain: EncodedExample[];
  searchValidation: EncodedExample[];
  /** What evaluation reads: dev, or D_val. */
  dev: EncodedExample[];
  devExamples: Example[];
  start: StartEvent;
  fingerprint: Fingerprint;
  /** The adapter that training goes on from. */
  imported?: ImportedAdapter;
  tokenizerFiles: readonly FileBytes[];
}

export interface SettingInput {
  config: ExperimentConfig;
  model: StoredModel;
  task: Task;
  train: readonly Example[];
  /** Not looked at where `data.evaluateOn` is `validation`. */
  dev: readonly Example[];
  /** Named by `adapter.from`; its method was checked. */
  adapter?: PeftAdapter;
  /** Said in the start event, as are the commits. */
  notes: readonly string[];
  commits?: HubCommits;
}

/** What the task asks of a model. */
export function headOf(task: Pick<Task, 'kind' | 'labels'>, config: ExperimentConfig): Head {
  switch (task.kind) {
    case 'regression':
      return { kind: 'regression' };
    case 'generation':
      return { kind: 'language', labelSmoothing: config.generation.labelSmoothing };
    default:
      return { kind: task.kind, outputs: task.labels.length };
  }
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

/**
 * Checks that data, model and configuration fit, encodes and splits, and moves the model to the device.
 * @throws Error with a sentence when they do not fit; then nothing is left on the device.
 */
export async function createSetting({
  config,
  model,
  task,
  train,
  dev,
  adapter,
  notes,
  commits,
}: SettingInput): Promise<ExperimentSetting> {
  const { trainSize, devSize, validationFraction, splitSeed, evaluateOn } = config.data;
  const { tokenizer } = model;
  const head = headOf(task, config);
  checkHead(model.config, head, model.name);
  // Read when training begins; what is wrong with it is said now.
  const layers = loraTargets(model.config).map(({ name }) => name);
  ranksOfShorthand(config.adapter.rankPattern, layers, config.adapter.rank);
  if (config.retrain.init === 'kept' && config.method !== 'autolora')
    throw new Error(
      `retrain.init is "kept", but ${methodFacts[config.method].title} has no search whose components could be kept: set it to "fresh".`,
    );
  const longest = longestInput(model.config);
  const said = [...notes, ...model.notes];
  const maxLength = Math.min(config.model.maxLength, longest);
  if (maxLength < config.model.maxLength) {
    said.push(`The longest input is ${longest} tokens, all the positions that ${model.name} has.`);
  }
  const shuffled = RandomStream.of(config.seed, 'data').permutation(train.length);
  const chosen = [...shuffled.subarray(0, trainSize || train.length)].map((i) => train[i] as Example);
  if (chosen.length < 4) {
    throw new Error(
      `The train set has ${chosen.length} examples (of ${train.length}); at least 4 are needed to split it in two.`,
    );
  }
  // Split before encoding: the texts of one record stay on one side.
  const halves = splitExamples(chosen, validationFraction, splitSeed || config.seed);
  const onValidation = evaluateOn === 'validation';
  const scored = onValidation ? halves.validation : dev;
  const size = devSize || scored.length;
  const isCut = size < scored.length;
  // Embedded examples and D_val stand in a random order already.
  const isRandom = onValidation || config.data.source === 'embedded';
  const devExamples = isRandom ? scored.slice(0, size) : drawnSubset(scored, size);
  if (isCut && !isRandom)
    said.push(
      `Of ${scored.length.toLocaleString('en')} dev examples ${size.toLocaleString('en')} are scored, drawn at random and the same for every seed; data.devSize 0 scores all.`,
    );
  if (onValidation && config.method === 'autolora')
    said.push(
      'Scored on the validation examples that the selection variables learn on: AutoLoRA’s score is flattered.',
    );
  if (devExamples.length === 0)
    throw new Error('The dev set is empty; evaluation needs at least one example.');
  if (task.kind === 'regression' && devExamples.length < 2)
    throw new Error('The dev set has one example; a correlation needs at least two.');
  const rowsOf = (examples: readonly Example[]) => encode(task, examples, tokenizer, maxLength);
  const encoded = rowsOf(onValidation ? halves.train : chosen);
  const [searchTrain, searchValidation] = [rowsOf(halves.train).rows, rowsOf(halves.validation).rows];
  const devSet = rowsOf(devExamples);
  for (const [name, { rows, truncated }] of [
    ['train', encoded],
    [onValidation ? 'validation' : 'dev', devSet],
  ] as const) {
    if (truncated > 0)
      said.push(
        `${truncated} of ${rows.length} ${name} rows are longer than ${maxLength} tokens and were cut; a larger model.maxLength keeps them whole.`,
      );
  }
  const hash = new WeightHash(model.name);
  const created = await createTaskModel(model, {
    head,
    labels: task.labels,
    pretrained: config.model.pretrained,
    seed: config.seed,
    onTensor: (name, values) => hash.add(name, values),
  });
  const imported = adapter && (await fitted(adapter, created.model, config));
  const fingerprint: Fingerprint = {
    model: hash.value,
    data: hashExamples(encoded.rows, devSet.rows),
    ...(imported && { adapter: imported.hash }),
  };
  return {
    config,
    model: created.model,
    tokenizer,
    task,
    maxLength,
    train: encoded.rows,
    searchTrain,
    searchValidation,
    dev: devSet.rows,
    devExamples,
    fingerprint,
    ...(imported && { imported }),
    tokenizerFiles: model.tokenizerFiles ?? [],
    start: {
      type: 'start',
      config,
      model: {
        name: model.name,
        family: model.config.family,
        parameters: created.model.parameterCount,
        layers: model.config.layers,
        hidden: model.config.hiddenSize,
        vocabulary: model.config.vocabSize,
        source: model.source,
      },
      task: {
        name: task.name,
        kind: task.kind,
        labels: [...task.labels],
        trainSize: encoded.rows.length,
        devSize: devExamples.length,
        ...(isCut && { devAvailable: scored.length }),
        searchTrainSize: searchTrain.length,
        searchValidationSize: searchValidation.length,
        evaluatedOn: evaluateOn,
      },
      fingerprint,
      ...(imported && { scalings: Object.fromEntries(imported.scalings) }),
      ...(commits && { commits }),
      // A head that the adapter brings stands over whatever the model begins with.
      notes: [
        ...said,
        ...created.notes,
        ...(imported?.hasHead ? [] : created.headNotes),
        ...(imported?.notes ?? []),
      ],
    },
  };
}

/** @throws Error where the adapter does not fit; then the model is gone from the device */
async function fitted(adapter: PeftAdapter, model: TaskModel, config: ExperimentConfig) {
  try {
    return await fitAdapter(adapter, model, { name: config.adapter.from, modelName: config.model.name });
  } catch (error) {
    disposeTaskModel(model);
    throw error;
  }
}

/** Streams of batches and masks that must not coincide. */
export const STREAMS = { searchTrain: 0, searchValidation: 1, retrain: 2 } as const;

type Stream = keyof typeof STREAMS;

/** Key of a step's dropout masks; passes that are subtracted share it. */
function dropoutKey(setting: ExperimentSetting, stream: Stream, step: number): number {
  return hashKey(purposeKey(setting.config.seed, 'dropout'), STREAMS[stream], step);
}

/** The model's own dropout at the rate a phase asks for. */
function dropoutPass(rate: number, key: number): DropoutPass | undefined {
  return rate > 0 ? { hidden: rate, attention: rate, head: rate, key } : undefined;
}

/** Where the weights under training, and β, take part in a forward pass. */
export type HooksUnder = (
  weights: TensorRecord,
  beta: TensorRecord,
  dropout: LoraPass['dropout'],
) => ForwardHooks;

/** Loss on one batch as a function of W and β. Each call is counted as one forward and, being differentiated, one backward pass. */
export function lossOn(
  setting: ExperimentSetting,
  hooksUnder: HooksUnder,
  batch: DeviceBatch,
  pass: { dropout: number; stream: Stream; step: number; cost: CostMeter },
): BilevelLoss {
  const { model, config } = setting;
  const key = dropoutKey(setting, pass.stream, pass.step);
  const adapterDropout = config.adapter.dropout > 0 ? { rate: config.adapter.dropout, key } : undefined;
  return (weights, beta) => {
    pass.cost.forward();
    pass.cost.backward();
    const hooks = hooksUnder(weights, beta, adapterDropout);
    const options = { ...hooks, dropout: dropoutPass(pass.dropout, key) };
    return taskLoss(model, taskLogits(model, weights, batch, options), batch);
  };
}
