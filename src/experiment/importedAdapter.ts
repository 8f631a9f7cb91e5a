/**
 * A PEFT adapter on the model of an experiment: checked against its shapes and its head, and as the weights that LoRA,
 * rsLoRA, LoRA+ or DoRA go on from.
 */
import * as tf from '@tensorflow/tfjs';
import { loraAName, loraBName, loraTargets, projectionsOf } from '../adapters/lora';
import type { PeftAdapter } from '../adapters/peft';
import type { ExperimentConfig } from '../config/experiment';
import { canGoOnFrom, methodFacts, plainMethods } from '../config/methods';
import { magnitudeName } from '../methods/dora';
import type { TensorArray } from '../model/loadedModel';
import { initHead, type TaskModel } from '../model/taskModel';
import type { LayerName, LayerRank } from '../telemetry/events';
import { totalRank } from '../telemetry/ranks';
import { allOrNothing, type TensorRecord } from '../tensor/records';
import { WeightHash } from './fingerprint';
import { fusedNorms } from './fusedNorms';

export interface ImportedAdapter {
  /** Of every layer of the model, in their order; 0 where the adapter has none. */
  ranks: LayerRank[];
  /** s of the layers of rank > 0. */
  scalings: ReadonlyMap<LayerName, number>;
  /** By the names that the methods train them under, the head among them where the adapter brings one. */
  tensors: ReadonlyMap<string, TensorArray>;
  hasHead: boolean;
  /** Of every value's bits. */
  hash: number;
  /** What was found, a sentence each. */
  notes: string[];
}

/** How far DoRA's magnitude of an output without a layer may be from the weight's own norm. */
const NORM_TOLERANCE = 1e-4;

/** @throws Error naming the method where it cannot go on from such an adapter */
export function checkMethod(method: ExperimentConfig['method'], isDora: boolean, name: string): void {
  if (canGoOnFrom(method, isDora)) return;
  const wanted = isDora
    ? 'is a DoRA adapter: choose the method dora'
    : `is a LoRA adapter: choose the method ${plainMethods.slice(0, -1).join(', ')} or ${plainMethods.at(-1)}`;
  throw new Error(`${methodFacts[method].title} cannot start from “${name}”, which ${wanted}.`);
}

/**
 * @param name of the adapter, for notes and errors
 * @param modelName of the model, likewise
 * @throws Error with one sentence: tensor, its shape and what the model or the task needs
 */
export async function fitAdapter(
  adapter: PeftAdapter,
  model: TaskModel,
  { name, modelName }: { name: string; modelName: string },
): Promise<ImportedAdapter> {
  const { layers: blocks, hiddenSize } = model.config;
  const targets = loraTargets(model.config, projectionsOf(adapter.layers.map(({ layer }) => layer)));
  const byName = new Map(targets.map((target) => [target.name, target]));
  const tensors = new Map<string, TensorArray>();
  for (const { layer, loraA, loraB, magnitude } of adapter.layers) {
    const target = byName.get(layer);
    if (!target)
      throw new Error(
        `The adapter “${name}” has a layer ${layer}, but ${modelName} has ${blocks} blocks, 0 to ${blocks - 1}: it belongs to another base model${saidBase(adapter)}.`,
      );
    const { module, inSize, outSize } = target;
    if (loraA.shape[1] !== inSize || loraB.shape[0] !== outSize)
      throw new Error(
        `The adapter “${name}”: ${loraAName(module)} has shape [${loraA.shape}] and ${loraBName(module)} [${loraB.shape}], but ${modelName} is ${hiddenSize} wide: it belongs to another base model${saidBase(adapter)}.`,
      );
    tensors.set(loraAName(module), loraA);
    tensors.set(loraBName(module), loraB);
    if (magnitude) tensors.set(magnitudeName(module), { shape: [outSize], data: magnitude.data });
  }
  await checkUntouched(adapter, model, name);
  const head = checkedHead(adapter, model, name);
  for (const [tensorName, tensor] of head) tensors.set(tensorName, tensor);
  const hash = new WeightHash(`The adapter “${name}”`);
  // A view into a file may start anywhere; a copy is aligned.
  for (const [tensor, { data }] of tensors) hash.add(tensor, data.slice());
  const found = new Map(adapter.layers.map((layer) => [layer.layer, layer]));
  const ranks = targets.map((target) => ({ layer: target.name, rank: found.get(target.name)?.rank ?? 0 }));
  const total = totalRank(ranks);
  const notes = [
    `Starts from the ${adapter.variant.use_dora ? 'DoRA' : 'LoRA'} adapter “${name}”: ${adapter.layers.length} layers of total rank ${total}, with their own scaling; adapter.rank, adapter.loraAlpha and adapter.rankPattern are not used.`,
  ];
  if (head.size === 0 && model.headInit.size > 0)
    notes.push('The adapter brings no head: the model’s own starting values are taken.');
  return {
    ranks,
    scalings: new Map(adapter.layers.map(({ layer, scaling }) => [layer, scaling])),
    tensors,
    hasHead: head.size > 0,
    hash: hash.value,
    notes,
  };
}

const saidBase = ({ baseModel }: PeftAdapter) => (baseModel ? ` (its file says ${baseModel})` : '');

/** The adapter's head, whole and of the task's shapes; empty where it brings none. */
function checkedHead(
  { head, taskType }: PeftAdapter,
  model: TaskModel,
  name: string,
): ReadonlyMap<string, TensorArray> {
  if (head.size === 0) return head;
  const what = `The adapter “${name}” was trained for another task${taskType ? ` (${taskType})` : ''}`;
  if (model.headInit.size === 0)
    throw new Error(`${what}: it has a classifier head, and a language model has none.`);
  for (const [tensor, { shape }] of model.headInit) {
    const given = head.get(tensor);
    if (!given) throw new Error(`${what}: its head has no ${tensor}, which a ${model.head.kind} head has.`);
    if (`${given.shape}` !== `${shape}`)
      throw new Error(`${what}: its ${tensor} has shape [${given.shape}], but this task needs [${shape}].`);
  }
  const foreign = [...head.keys()].find((tensor) => !model.headInit.has(tensor));
  if (foreign) throw new Error(`${what}: its ${foreign} is no part of a ${model.head.kind} head.`);
  return head;
}

/** @throws Error where DoRA rescales outputs of GPT-2's `c_attn` that have no layer */
async function checkUntouched({ untouched }: PeftAdapter, model: TaskModel, name: string): Promise<void> {
  if (untouched.length === 0) return;
  const norms = await fusedNorms(model);
  for (const { module, first, magnitude } of untouched) {
    const own = norms.get(module);
    const differs = magnitude.some(
      (m, i) => Math.abs(m - (own?.[first + i] ?? m)) > NORM_TOLERANCE * Math.abs(m),
    );
    if (differs)
      throw new Error(
        `The adapter “${name}” rescales outputs of ${module} from ${first} on without a LoRA layer for them, which is not supported.`,
      );
  }
}

/** Fresh tensors to train or evaluate, head included; the caller's to dispose. */
export function startingWeights({ tensors }: ImportedAdapter, model: TaskModel): TensorRecord {
  return allOrNothing(() => {
    const own = Object.fromEntries(
      [...tensors].map(([name, { data, shape }]) => [name, tf.tensor(data, shape)]),
    );
    return { ...initHead(model), ...own };
  });
}
