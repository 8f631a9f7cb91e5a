/** The checkpoint of a golden folder on the current device, with its head and the batches that golden.json gives. */
import * as tf from '@tensorflow/tfjs';
import { readConfig, readWeights } from '../../model/checkpoint';
import type { ModelConfig } from '../../model/config';
import type { ForwardOptions } from '../../model/forward';
import {
  createTaskModel,
  type DeviceBatch,
  disposeTaskModel,
  type Head,
  initHead,
  type TaskModel,
  taskLogits,
  toDevice,
} from '../../model/taskModel';
import type { FileBytes } from '../../tensor/fileSet';
import { IGNORED_LABEL } from '../../tensor/ops';
import { disposeRecord, type TensorRecord } from '../../tensor/records';
import { type GoldenObject, NotComparable } from './folder';

export interface GoldenModel {
  model: TaskModel;
  /** The checkpoint's own head; empty for GPT-2. */
  head: TensorRecord;
}

/** A batch, and which of its tokens are none. */
export interface GoldenBatch extends DeviceBatch {
  /** (B, T), 1 for a token */
  attentionMask: number[];
}

/** Head as transformers takes it from config.json, where the kind of the folder does not say another. */
function headOf(config: ModelConfig): Head {
  if (config.family === 'gpt2') return { kind: 'language', labelSmoothing: 0 };
  const regression = config.problemType === 'regression' || (!config.problemType && config.numLabels === 1);
  return regression ? { kind: 'regression' } : { kind: 'classification', outputs: config.numLabels };
}

/** @param files config.json and weights. The model is the caller's to dispose. */
export async function loadGoldenModel(files: readonly FileBytes[], tagging = false): Promise<GoldenModel> {
  const { config, folder, configName } = readConfig(files);
  if (tagging && config.family !== 'roberta') throw new NotComparable(`${configName} is of no RoBERTa.`);
  const head: Head =
    tagging && config.family === 'roberta' ? { kind: 'tagging', outputs: config.numLabels } : headOf(config);
  const { tensors } = readWeights(folder, config);
  const source = { config, tensors, name: configName };
  const { model, headNotes: notes } = await createTaskModel(source, { head, pretrained: true, seed: 0 });
  if (notes.length > 0) {
    disposeTaskModel(model);
    throw new NotComparable(`${configName}: ${notes.join(' ')}`);
  }
  return { model, head: initHead(model) };
}

export function disposeGoldenModel({ model, head }: GoldenModel): void {
  disposeTaskModel(model);
  disposeRecord(head);
}

/** `{input_ids, attention_mask?, labels?}` as a batch on the device, the caller's to dispose. */
export function goldenBatch(model: TaskModel, inputs: GoldenObject): GoldenBatch {
  const { shape, data } = inputs.tensor('input_ids');
  const [size, length] = shape;
  if (size === undefined || length === undefined || shape.length !== 2)
    throw new NotComparable(`input_ids has shape [${shape}]; expected (batch, length).`);
  const outside = data.find((id) => !(id >= 0 && id < model.config.vocabSize));
  if (outside !== undefined)
    throw new NotComparable(
      `input_ids holds ${outside}, outside the vocabulary of ${model.config.vocabSize}.`,
    );
  const attentionMask = inputs.has('attention_mask')
    ? inputs.tensor('attention_mask').data
    : data.map(() => 1);
  const perToken = model.head.kind === 'tagging' || model.head.kind === 'language';
  const labels = inputs.has('labels')
    ? inputs.tensor('labels').data
    : new Array<number>(perToken ? size * length : size).fill(perToken ? IGNORED_LABEL : 0);
  const rows = {
    size,
    length,
    inputIds: Int32Array.from(data),
    attentionMask: Int32Array.from(attentionMask),
    labels: Float32Array.from(labels),
  };
  return { ...toDevice(model, rows), attentionMask };
}

/** Logits as the folders have them: of a text (B, C), or of all its tokens (B·T, C or V), labelled or not. */
export function goldenLogits(
  model: TaskModel,
  trainable: TensorRecord,
  { tokens, attentionMask }: GoldenBatch,
  options: ForwardOptions = {},
): tf.Tensor2D {
  return tf.tidy(() => {
    const positions = tf.range(0, attentionMask.length, 1, 'int32');
    return taskLogits(model, trainable, { tokens, positions }, options);
  });
}

/** Only what stands for real tokens, where there is a row of values per token: what a padded row holds is nobody's business. */
export function ofTokens(
  model: TaskModel,
  values: ArrayLike<number>,
  { attentionMask }: GoldenBatch,
): number[] {
  const all = Array.from(values);
  if (model.head.kind !== 'tagging' && model.head.kind !== 'language') return all;
  return rowsOfTokens(all, attentionMask);
}

/** @param values a row per token, (B·T, width) */
export function rowsOfTokens(values: ArrayLike<number>, attentionMask: readonly number[]): number[] {
  const width = values.length / attentionMask.length;
  return Array.from(values).filter((_, at) => attentionMask[Math.floor(at / width)] === 1);
}
