/** An adapter that lies in a folder, merged into its base checkpoint, without the data it was trained on. */
import * as tf from '@tensorflow/tfjs';
import { readPeftAdapter } from '../adapters/peftRead';
import type { ExperimentConfig } from '../config/experiment';
import { methodFacts, methodOfAdapter } from '../config/methods';
import { createMethod } from '../methods/registry';
import type { StoredModel } from '../model/loadedModel';
import { createTaskModel, disposeTaskModel, type TaskModel } from '../model/taskModel';
import type { NamedFile } from '../runtime/protocol';
import type { Role } from '../telemetry/events';
import { type FileBytes, findFile } from '../tensor/fileSet';
import { disposeRecord } from '../tensor/records';
import { openSafetensors } from '../tensor/safetensors';
import { headOf } from './context';
import { WeightHash } from './fingerprint';
import { fitAdapter, startingWeights } from './importedAdapter';
import { type MergeContext, mergedFiles } from './mergedCheckpoint';
import type { TrainedMethod } from './training';

export interface AdapterToMerge {
  /** The base checkpoint. */
  model: StoredModel;
  /** What the adapter was trained with. */
  config: ExperimentConfig;
  task: MergeContext['task'];
  /** adapter_config.json and adapter_model.safetensors, or trained.safetensors of full finetuning. */
  adapter: readonly FileBytes[];
  role: Role;
  /** `Fingerprint.model` of the run, where it is known: the base must be the one that was trained on. */
  fingerprint?: number;
  /** Of the adapter, for errors. */
  name: string;
}

/**
 * The files of a checkpoint that needs no adapter.
 * @throws Error with one sentence where adapter and model do not fit, or the method is no change of weights
 */
export async function mergeAdapter(input: AdapterToMerge): Promise<NamedFile[]> {
  const { model: stored, config, task, role } = input;
  const hash = new WeightHash(stored.name);
  const { model } = await createTaskModel(stored, {
    head: headOf(task, config),
    labels: task.labels,
    pretrained: config.model.pretrained,
    seed: config.seed,
    onTensor: (name, values) => hash.add(name, values),
  });
  let trained: TrainedMethod | undefined;
  try {
    if (input.fingerprint !== undefined && input.fingerprint !== hash.value)
      throw new Error(
        `The weights in ${stored.source} are not those that the run was trained on, so its adapter does not belong to them: give the checkpoint of the run.`,
      );
    trained = await trainedOf(input, model);
    return await mergedFiles({ model, task, tokenizerFiles: stored.tokenizerFiles ?? [] }, role, trained);
  } finally {
    disposeRecord(trained?.weights ?? {});
    disposeTaskModel(model);
  }
}

async function trainedOf(
  { adapter, config, role, name, model: { name: modelName } }: AdapterToMerge,
  model: TaskModel,
): Promise<TrainedMethod> {
  if (findFile(adapter, 'adapter_config.json')) {
    const read = readPeftAdapter(adapter);
    const imported = await fitAdapter(read, model, { name, modelName });
    const method = createMethod(methodOfAdapter(read.variant), { config, model, ...imported });
    return { method, weights: startingWeights(imported, model) };
  }
  const file = findFile(adapter, 'trained.safetensors');
  if (!file) throw new Error(`${name} holds neither adapter_config.json nor trained.safetensors.`);
  if (role !== 'full')
    throw new Error(
      `${methodFacts[role].title} is a network beside the weights and cannot be merged into them.`,
    );
  const source = openSafetensors(file);
  const weights = Object.fromEntries(
    [...source.entries].map(([tensor, { shape }]) => [tensor, tf.tensor(source.float32(tensor), [...shape])]),
  );
  return { method: createMethod('full', { config, model, ranks: [] }), weights };
}
