/** The bilevel problem of an `autolora` golden folder: model, LoRA layers, W, β and one loss per batch. */
import * as tf from '@tensorflow/tfjs';
import { adaptWithLora, type LoraLayer, loraAName, loraBName, loraTargets } from '../../adapters/lora';
import { moduleOfLayer } from '../../adapters/rankPattern';
import { selectionWeights } from '../../adapters/selection';
import type { BilevelLoss } from '../../bilevel/hypergradient/estimator';
import type { SelectionVariant } from '../../config/experiment';
import type { ModelConfig } from '../../model/config';
import type { ForwardOptions } from '../../model/forward';
import { disposeDeviceBatch, taskLogits, taskLoss } from '../../model/taskModel';
import { findFile } from '../../tensor/fileSet';
import { disposeRecord, type TensorRecord } from '../../tensor/records';
import { openSafetensors, type TensorSource } from '../../tensor/safetensors';
import { type GoldenFolder, NotComparable } from './folder';
import {
  disposeGoldenModel,
  type GoldenBatch,
  type GoldenModel,
  goldenBatch,
  loadGoldenModel,
} from './goldenModel';

export interface AutoloraSetup {
  model: GoldenModel;
  layers: LoraLayer[];
  /** W: every A, B and the head, under this engine's names. */
  weights: TensorRecord;
  /** β by module. */
  beta: TensorRecord;
  /** The folder's names of W and of β, each with this engine's. */
  weightNames: [golden: string, own: string][];
  betaNames: [golden: string, own: string][];
  train: GoldenBatch[];
  validation: GoldenBatch[];
}

/** `layer.0.query.U` (B), `layer.0.query.V` (A) and `classifier.…` as this engine names them. */
function weightName(golden: string, family: ModelConfig['family']): string {
  const match = /^layer\.(\d+\.\w+)\.([UV])$/.exec(golden);
  if (!match) return golden;
  const module = moduleOfLayer(match[1] as string, family);
  return match[2] === 'U' ? loraBName(module) : loraAName(module);
}

function betaName(golden: string, family: ModelConfig['family']): string {
  const match = /^layer\.(\d+\.\w+)\.beta$/.exec(golden);
  if (!match) throw new NotComparable(`beta_names holds "${golden}"; expected e.g. "layer.0.query.beta".`);
  return moduleOfLayer(match[1] as string, family);
}

/** A safetensors file beside golden.json. */
export function openBeside(folder: GoldenFolder, name: string): TensorSource {
  const file = findFile(folder.beside, name);
  if (!file) throw new NotComparable(`${folder.name}: there is no ${name} beside golden.json.`);
  return openSafetensors(file);
}

/** Everything on the device; `disposeAutoloraSetup` frees it. */
export async function loadAutolora(folder: GoldenFolder): Promise<AutoloraSetup> {
  const { golden } = folder;
  const init = openBeside(folder, 'lora_init.safetensors');
  const k = golden.number('k');
  const scaling = golden.has('scaling') ? golden.number('scaling') : golden.number('lora_alpha') / k;

  const model = await loadGoldenModel(folder.beside);
  const { config } = model.model;
  type Names = [golden: string, own: string][];
  const weightNames = golden
    .strings('W_names')
    .map((name) => [name, weightName(name, config.family)]) as Names;
  const betaNames = golden
    .strings('beta_names')
    .map((name) => [name, betaName(name, config.family)]) as Names;
  const adapted = new Set(betaNames.map(([, own]) => own));
  const layers = loraTargets(config)
    .filter(({ module }) => adapted.has(module))
    .map((target) => ({ ...target, rank: k, scaling }));
  const take = (names: [string, string][]): TensorRecord =>
    Object.fromEntries(
      names.map(([name, own]) => [own, tf.tensor(init.float32(name), init.entries.get(name)?.shape ?? [])]),
    );
  const batches = golden.object('batches');
  const onDevice = (key: string) => batches.objects(key).map((inputs) => goldenBatch(model.model, inputs));
  return {
    model,
    layers,
    weights: take(weightNames),
    beta: take(betaNames),
    weightNames,
    betaNames,
    train: onDevice('train'),
    validation: onDevice('val'),
  };
}

export function disposeAutoloraSetup(setup: AutoloraSetup): void {
  disposeGoldenModel(setup.model);
  disposeRecord(setup.weights);
  disposeRecord(setup.beta);
  for (const batch of [...setup.train, ...setup.validation]) disposeDeviceBatch(batch);
}

/** Batch number `index` of a list. @throws NotComparable where the folder has fewer */
export function batchAt(batches: readonly GoldenBatch[], index: number): GoldenBatch {
  const batch = batches[index];
  if (!batch)
    throw new NotComparable(`golden.json has ${batches.length} batches; batch ${index + 1} is needed.`);
  return batch;
}

/** What the model computes with under W and β: the adapter, and the head that is part of W. */
export function adapted(
  { layers }: AutoloraSetup,
  variant: SelectionVariant,
  weights: TensorRecord,
  beta: TensorRecord,
): ForwardOptions {
  return { adapt: adaptWithLora(layers, { weights, selection: selectionWeights(beta, variant) }) };
}

/** The loss of one batch as a function of W and β. */
export function goldenLoss(
  setup: AutoloraSetup,
  batch: GoldenBatch,
  variant: SelectionVariant = 'softmax',
): BilevelLoss {
  const { model } = setup.model;
  return (weights, beta) =>
    taskLoss(model, taskLogits(model, weights, batch, adapted(setup, variant, weights, beta)), batch);
}
