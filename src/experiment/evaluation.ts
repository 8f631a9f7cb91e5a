/** Evaluation on dev, the only place where dev is read: batches in order, no dropout; one pull is one batch. */
import * as tf from '@tensorflow/tfjs';
import { adaptWithLora, type LoraLayer } from '../adapters/lora';
import { classifierLogits, deviceBatch, disposeDeviceBatch } from '../model/classifier';
import { batchesInOrder, collate } from '../tasks/batches';
import type {
  EvaluationEvent,
  LayerRank,
  ParameterCount,
  Prediction,
  Role,
  TelemetryEvent,
} from '../telemetry/events';
import type { TensorRecord } from '../tensor/records';
import type { ExperimentSetting } from './setting';

/** Rows per evaluation batch: a size, not a setting, since it changes no number beyond rounding. */
export const EVALUATION_BATCH = 32;

export interface TrainedModel {
  layers: LoraLayer[];
  weights: TensorRecord;
  /** Selection weights by module while searching. */
  selection?: TensorRecord;
}

/** Logits of one batch without dropout, row by row. */
async function logitsOfRows(
  setting: ExperimentSetting,
  model: TrainedModel,
  batch: Parameters<typeof deviceBatch>[1],
): Promise<number[][]> {
  const device = deviceBatch(setting.classifier, batch);
  const logits = tf.tidy(() =>
    classifierLogits(setting.classifier, model.weights, device.tokens, {
      adapt: adaptWithLora(model.layers, model),
    }),
  );
  const rows = (await logits.array()) as number[][];
  logits.dispose();
  disposeDeviceBatch(device);
  return rows;
}

/** Logits of one text or pair. */
export async function logitsOfText(
  setting: ExperimentSetting,
  model: TrainedModel,
  text: string,
  pair?: string,
): Promise<number[]> {
  const maxLength = Math.min(setting.config.model.maxLength, setting.classifier.config.maxPositions - 2);
  const ids = setting.tokenizer.encode(text, pair, { maxLength });
  const rows = await logitsOfRows(setting, model, collate([{ ids, label: 0 }], setting.tokenizer.padId));
  return rows[0] as number[];
}

/** Yields nothing but the last pull, which is the evaluation. */
export async function* evaluate(
  setting: ExperimentSetting,
  role: Role,
  model: TrainedModel,
  ranks: LayerRank[],
): AsyncGenerator<TelemetryEvent[], void, undefined> {
  const predictions: Prediction[] = [];
  let totalLoss = 0;
  for (const batch of batchesInOrder(setting.dev, EVALUATION_BATCH, setting.tokenizer.padId)) {
    for (const logits of await logitsOfRows(setting, model, batch)) {
      const { text, pair, label } = setting.devExamples[
        predictions.length
      ] as (typeof setting.devExamples)[0];
      const prediction = setting.classifier.regression ? (logits[0] as number) : argMax(logits);
      totalLoss += setting.classifier.regression ? (prediction - label) ** 2 : crossEntropyOf(logits, label);
      predictions.push({ text, ...(pair !== undefined && { pair }), label, prediction, logits });
    }
    yield [];
  }
  const { values, confusion } = setting.task.score(
    predictions.map(({ prediction }) => prediction),
    predictions.map(({ label }) => label),
  );
  const event: EvaluationEvent = {
    type: 'evaluation',
    role,
    metrics: { ...values, loss: totalLoss / predictions.length },
    primary: setting.task.primaryMetric,
    confusion,
    parameters: countParameters(setting, model.layers),
    ranks,
    predictions,
  };
  yield [event];
}

/** Trainable LoRA parameters r·(in + out) per layer, and the head's. */
export function countParameters(setting: ExperimentSetting, layers: readonly LoraLayer[]): ParameterCount {
  let head = 0;
  for (const { data } of setting.classifier.headInit.values()) head += data.length;
  return {
    adapter: layers.reduce((total, { rank, inSize, outSize }) => total + rank * (inSize + outSize), 0),
    head,
    frozen: setting.classifier.parameterCount,
  };
}

export function argMax(values: readonly number[]): number {
  return values.reduce((best, value, i) => (value > (values[best] as number) ? i : best), 0);
}

export function softmaxOf(logits: readonly number[]): number[] {
  const largest = Math.max(...logits);
  const weights = logits.map((logit) => Math.exp(logit - largest));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

function crossEntropyOf(logits: readonly number[], label: number): number {
  return -Math.log(Math.max(softmaxOf(logits)[label] as number, Number.MIN_VALUE));
}
