/** What stays fixed while an experiment runs: configuration, model on the device, task, encoded examples, layers. */
import { loraTargets } from '../adapters/lora';
import type { PeftAdapter } from '../adapters/peft';
import { askedRanks } from '../config/askedRanks';
import type { ExperimentConfig } from '../config/experiment';
import { methodFacts } from '../config/methods';
import { longestInput } from '../model/config';
import type { StoredModel } from '../model/loadedModel';
import { checkHead, createTaskModel, disposeTaskModel, type Head, type TaskModel } from '../model/taskModel';
import type { Example, Task } from '../tasks/task';
import type { Fingerprint, HubCommits, StartEvent } from '../telemetry/events';
import type { FileBytes } from '../tensor/fileSet';
import type { Tokenizer } from '../tokenizer/tokenizer';
import { type EncodedData, encodeData } from './encodedData';
import { hashExamples, WeightHash } from './fingerprint';
import { fitAdapter, type ImportedAdapter } from './importedAdapter';

export interface ExperimentContext extends EncodedData {
  config: ExperimentConfig;
  model: TaskModel;
  tokenizer: Tokenizer;
  task: Task;
  /** Longest input in tokens: what was asked for, or all the positions the model has. */
  maxLength: number;
  start: StartEvent;
  fingerprint: Fingerprint;
  /** The adapter that training goes on from. */
  imported?: ImportedAdapter;
  tokenizerFiles: readonly FileBytes[];
}

export interface ContextInput {
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

/** @throws Error where a setting does not go with this model or method */
function checkSettings({ config, model, task }: ContextInput): void {
  checkHead(model.config, headOf(task, config), model.name);
  // Read when training begins; what is wrong with it is said now.
  const layers = loraTargets(model.config).map(({ name }) => name);
  askedRanks(config, layers);
  if (config.retrain.init === 'kept' && config.method !== 'autolora')
    throw new Error(
      `retrain.init is "kept", but ${methodFacts[config.method].title} has no search whose components could be kept: set it to "fresh".`,
    );
}

/** The start event, but for its fingerprint and notes. */
function startOf(
  { config, model, task, commits }: ContextInput,
  parameters: number,
  data: EncodedData,
  imported: ImportedAdapter | undefined,
): Omit<StartEvent, 'fingerprint' | 'notes'> {
  return {
    type: 'start',
    config,
    model: {
      name: model.name,
      family: model.config.family,
      parameters,
      layers: model.config.layers,
      hidden: model.config.hiddenSize,
      vocabulary: model.config.vocabSize,
      source: model.source,
    },
    task: {
      name: task.name,
      kind: task.kind,
      labels: [...task.labels],
      trainSize: data.train.length,
      devSize: data.devExamples.length,
      ...(data.devAvailable !== undefined && { devAvailable: data.devAvailable }),
      searchTrainSize: data.searchTrain.length,
      searchValidationSize: data.searchValidation.length,
      evaluatedOn: config.data.evaluateOn,
    },
    ...(imported && { scalings: Object.fromEntries(imported.scalings) }),
    ...(commits && { commits }),
  };
}

/**
 * Checks that data, model and configuration fit, encodes and splits, and moves the model to the device.
 * @throws Error with a sentence when they do not fit; then nothing is left on the device.
 */
export async function createContext(input: ContextInput): Promise<ExperimentContext> {
  const { config, model, task, adapter } = input;
  const { tokenizer } = model;
  checkSettings(input);
  const longest = longestInput(model.config);
  const notes = [...input.notes, ...model.notes];
  const maxLength = Math.min(config.model.maxLength, longest);
  if (maxLength < config.model.maxLength) {
    notes.push(`The longest input is ${longest} tokens, all the positions that ${model.name} has.`);
  }
  const { data, notes: ofData } = encodeData(input, tokenizer, maxLength);
  const hash = new WeightHash(model.name);
  const created = await createTaskModel(model, {
    head: headOf(task, config),
    labels: task.labels,
    pretrained: config.model.pretrained,
    seed: config.seed,
    onTensor: (name, values) => hash.add(name, values),
  });
  const imported = adapter && (await fitted(adapter, created.model, config));
  const fingerprint: Fingerprint = {
    model: hash.value,
    data: hashExamples(data.train, data.dev),
    ...(imported && { adapter: imported.hash }),
  };
  // A head that the adapter brings stands over whatever the model begins with.
  const headNotes = imported?.hasHead ? [] : created.headNotes;
  return {
    config,
    model: created.model,
    tokenizer,
    task,
    maxLength,
    ...data,
    fingerprint,
    ...(imported && { imported }),
    tokenizerFiles: model.tokenizerFiles ?? [],
    start: {
      ...startOf(input, created.model.parameterCount, data, imported),
      fingerprint,
      notes: [...notes, ...ofData, ...created.notes, ...headNotes, ...(imported?.notes ?? [])],
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
