/** From a configuration and the files it names to what a session starts from: model, task and examples. */
import type { PeftAdapter } from '../adapters/peft';
import { readPeftAdapter } from '../adapters/peftRead';
import { type ExperimentConfig, type ExperimentInput, parseExperimentConfig } from '../config/experiment';
import { openCheckpoint } from '../model/checkpoint';
import { longestInput } from '../model/config';
import {
  type DeviceLimits,
  doubleBackwardBytes,
  doubleBackwardWarning,
  fullTrainingNote,
  generationBytes,
  modelFits,
  stepBytes,
  stepTensors,
  trainingBytes,
} from '../model/deviceLimits';
import { expectedTensors } from '../model/tensorShapes';
import { taskByName } from '../tasks/registry';
import { type Example, ownTaskName, type Task } from '../tasks/task';
import type { HubCommits } from '../telemetry/events';
import { bytesOf, type FileBlob } from '../tensor/fileSet';
import { headOf } from './context';
import { checkMethod } from './importedAdapter';
import type { SessionInput } from './session';
import { trainedSize } from './trainedSize';
import { hypotheses, recordsAtOnce } from './writing';

/** Files as they were fetched, dropped or read; the session's tensors are copies. */
export interface ExperimentFiles {
  /** The checkpoint folder, embedded or a person's own. */
  model: readonly FileBlob[];
  train?: readonly FileBlob[];
  dev?: readonly FileBlob[];
  /** What PEFT wrote, where config.adapter.from names it. */
  adapter?: readonly FileBlob[];
  commits?: HubCommits;
}

interface TaskData {
  task: Task;
  train: Example[];
  dev: Example[];
  notes: string[];
}

/**
 * Reads everything an experiment needs, but the model's weights, which stay in their files. The model's files must be those
 * the configuration names.
 * @throws Error with one sentence naming file and place, or the tensor that the device cannot hold
 */
export async function readInputs(
  input: ExperimentInput,
  files: ExperimentFiles,
  limits: DeviceLimits,
): Promise<
  Pick<SessionInput, 'config' | 'model' | 'task' | 'train' | 'dev' | 'notes' | 'adapter' | 'commits'>
> {
  const config = parseExperimentConfig(input);
  // Small, and the first thing that a person may have to mend.
  const adapter = await adapterOf(config, files.adapter);
  const data = config.data.source === 'embedded' ? await embeddedData(config) : await fileData(config, files);
  const { name, source } = config.model;
  const model = await openCheckpoint(files.model, {
    name,
    source: source === 'embedded' ? 'embedded' : `${source}: ${name}`,
  });
  const { search, retrain, generation, method } = config;
  const batchSize = method === 'autolora' ? Math.max(search.batchSize, retrain.batchSize) : retrain.batchSize;
  const longest = longestInput(model.config);
  const length = Math.min(config.model.maxLength, longest);
  const written = Math.min(length + generation.maxNewTokens, longest);
  const rows = recordsAtOnce(generation) * hypotheses(generation);
  const tensors = [...expectedTensors(model.config), ...stepTensors(model.config, batchSize, length)];
  const trained = trainedSize(config, model.config, headOf(data.task, config), adapter?.ranks);
  const step = stepBytes(model.config, batchSize, length);
  // What is trained stands beside the frozen weights while texts are written, too.
  const writing = generationBytes(model.config, rows, written) + 4 * trained;
  const beside = Math.max(trainingBytes(trained, step), data.task.kind === 'generation' ? writing : 0);
  const full = method === 'full' ? fullTrainingNote(trained, step) : undefined;
  if (full?.isLarge) data.notes.push(full.sentence);
  const refused = modelFits(tensors, limits, beside);
  const tooLarge = refused && full ? `${refused} ${full.sentence}` : refused;
  if (tooLarge) throw new Error(tooLarge);
  const read = { config, model, ...data, adapter, commits: files.commits };
  const { estimator, inspectEvery } = config.hypergradient;
  if (method !== 'autolora' || (estimator !== 'exact' && inspectEvery === 0)) return read;
  const twice = modelFits(tensors, limits, doubleBackwardBytes(model.config, search.batchSize, length));
  if (twice) {
    throw new Error(
      `${twice} The exact hypergradient differentiates twice, which is most of it: with hypergradient.inspectEvery 0 ` +
        'and another estimator than exact the model fits.',
    );
  }
  const warning = doubleBackwardWarning(model.config, search.batchSize, length);
  return { ...read, notes: warning ? [...data.notes, warning] : data.notes };
}

async function adapterOf(
  { adapter: { from }, method }: ExperimentConfig,
  files: readonly FileBlob[] | undefined,
): Promise<PeftAdapter | undefined> {
  if (from === '') return undefined;
  if (!files || files.length === 0)
    throw new Error(
      `The adapter “${from}” was not given: choose its adapter_config.json and adapter_model.safetensors again.`,
    );
  const adapter = readPeftAdapter(await Promise.all(files.map(bytesOf)));
  checkMethod(method, adapter.variant.use_dora, from);
  return adapter;
}

async function embeddedData({ data }: ExperimentConfig): Promise<TaskData> {
  const task = taskByName(data.task);
  const dev = data.evaluateOn === 'dev' ? await task.generate('dev') : [];
  return { task, train: await task.generate('train'), dev, notes: [] };
}

/** Original files or tables. The readers are heavy and asked for only here. */
async function fileData({ data }: ExperimentConfig, { train, dev }: ExperimentFiles): Promise<TaskData> {
  const given = async (what: 'train' | 'dev', named: string, files: readonly FileBlob[] | undefined) => {
    // Of a data set on the Hub the splits decide, without a path.
    if (!named && !files?.length)
      throw new Error(
        `Only one data file is given: data.${what}File is empty, and both train and dev are needed.`,
      );
    if (!files || files.length === 0)
      throw new Error(`The ${what} file "${named}" was not given: choose it again.`);
    return Promise.all(files.map(bytesOf));
  };
  const trainFiles = await given('train', data.trainFile, train);
  // Validation is a part of train: dev is not even opened.
  const devFiles = data.evaluateOn === 'dev' ? await given('dev', data.devFile, dev) : [];
  const { readExamplesOfFiles, parseMapping, readOwnData } = await import('./fileReaders');
  const mapping = parseMapping(data.columns);
  if (data.task === ownTaskName) {
    const own = await readOwnData({ train: trainFiles, dev: devFiles }, mapping);
    return {
      task: own.task,
      train: own.train.examples,
      dev: own.dev.examples,
      notes: [...own.train.notes, ...own.dev.notes],
    };
  }
  const task = taskByName(data.task);
  const trainSet = await readExamplesOfFiles(task, trainFiles, mapping);
  const devSet =
    devFiles.length > 0
      ? await readExamplesOfFiles(task, devFiles, mapping)
      : { examples: [] as Example[], notes: [] };
  return {
    task,
    train: trainSet.examples,
    dev: devSet.examples,
    notes: [...trainSet.notes, ...devSet.notes],
  };
}
