/**
 * A checkpoint on the device with a task head: frozen weights, the head's starting values, and the loss and logits
 * of one batch under given trainable weights.
 */
import * as tf from '@tensorflow/tfjs';
import { purposeKey, RandomStream } from '../random/stream';
import { crossEntropy } from '../tensor/ops';
import { disposeRecord, type TensorRecord } from '../tensor/records';
import { expectedTensors } from './checkpoint';
import type { RobertaConfig } from './config';
import type { ModelArrays, TensorArray } from './loadedModel';
import {
  type AdaptProjection,
  type DropoutPass,
  disposeRobertaBatch,
  type RobertaBatch,
  robertaBatch,
  sequenceLogits,
} from './roberta';

export interface Classifier {
  config: RobertaConfig;
  /** Every encoder weight under its canonical name. */
  frozen: TensorRecord;
  /** The head every training starts from: the checkpoint's where it fits the task, else drawn by seed. */
  headInit: ReadonlyMap<string, TensorArray>;
  regression: boolean;
  /** Frozen parameters. */
  parameterCount: number;
}

export interface ClassifierOptions {
  /** Classes, or 1 for a regression. */
  outputs: number;
  regression: boolean;
  /** False replaces the checkpoint's values by random ones of the same shapes. */
  pretrained: boolean;
  seed: number;
}

/** One batch on the device. */
export interface DeviceBatch {
  tokens: RobertaBatch;
  /** (B), int32 classes or float32 scores */
  labels: tf.Tensor1D;
}

/** Moves a checkpoint to the current backend. Notes say what was not taken from the checkpoint. */
export function createClassifier(
  model: Pick<ModelArrays, 'config' | 'tensors' | 'name'>,
  options: ClassifierOptions,
): { classifier: Classifier; notes: string[] } {
  const { config } = model;
  const notes: string[] = [];
  const headInit = initialHead(model, options, notes);
  if (!options.pretrained) notes.push('Untrained: every weight of the encoder was drawn at random.');
  const shapes = expectedTensors(config);
  const frozen: Record<string, tf.Tensor> = {};
  let parameterCount = 0;
  let index = 0;
  for (const [name, shape] of shapes) {
    const data = options.pretrained
      ? model.tensors.get(name)?.data
      : randomWeight(name, shape, config, RandomStream.of(options.seed, 'weights', index++));
    if (!data) throw new Error(`${model.name}: tensor "${name}" is missing.`);
    frozen[name] = tf.tensor(data, shape);
    parameterCount += data.length;
  }
  return { classifier: { config, frozen, headInit, regression: options.regression, parameterCount }, notes };
}

/** As Hugging Face initialises RoBERTa: N(0, initializer_range), biases 0, LayerNorm weights 1, padding rows 0. */
export function randomWeight(
  name: string,
  shape: readonly number[],
  config: RobertaConfig,
  random: RandomStream,
): Float32Array {
  const size = shape.reduce((product, n) => product * n, 1);
  if (name.endsWith('.bias')) return new Float32Array(size);
  if (/layer_?norm\.weight$/i.test(name)) return new Float32Array(size).fill(1);
  const values = random.fillNormal(size, config.initializerRange);
  if (/(word|position)_embeddings\.weight$/.test(name)) {
    const width = shape[1] as number;
    values.fill(0, config.padTokenId * width, (config.padTokenId + 1) * width);
  }
  return values;
}

function initialHead(
  model: Pick<ModelArrays, 'config' | 'tensors' | 'name'>,
  { outputs, pretrained, seed }: ClassifierOptions,
  notes: string[],
): Map<string, TensorArray> {
  const width = model.config.hiddenSize;
  const shapes: [string, number[]][] = [
    ['classifier.dense.weight', [width, width]],
    ['classifier.dense.bias', [width]],
    ['classifier.out_proj.weight', [outputs, width]],
    ['classifier.out_proj.bias', [outputs]],
  ];
  const given = shapes.map(([name]) => model.tensors.get(name));
  if (pretrained && given.every((tensor, i) => `${tensor?.shape}` === `${shapes[i]?.[1]}`)) {
    return new Map(shapes.map(([name], i) => [name, given[i] as TensorArray]));
  }
  const found = given[2]
    ? `the checkpoint's has ${given[2].shape[0]} outputs, the task needs ${outputs}`
    : 'the checkpoint has none';
  notes.push(`The classification head is fresh: ${pretrained ? found : 'the model is untrained'}.`);
  return new Map(
    shapes.map(([name, shape], i) => {
      const random = new RandomStream(purposeKey(seed, 'head', i));
      return [name, { shape, data: randomWeight(name, shape, model.config, random) }];
    }),
  );
}

/** The head's starting values as tensors, the caller's to dispose. */
export function initHead(classifier: Classifier): TensorRecord {
  return Object.fromEntries(
    [...classifier.headInit].map(([name, { shape, data }]) => [name, tf.tensor(data, shape)]),
  );
}

export function deviceBatch(
  classifier: Classifier,
  rows: {
    size: number;
    length: number;
    inputIds: Int32Array;
    attentionMask: Int32Array;
    labels: Float32Array;
  },
): DeviceBatch {
  return {
    tokens: robertaBatch(rows, classifier.config.padTokenId),
    labels: classifier.regression
      ? tf.tensor1d(rows.labels)
      : tf.tensor1d(Int32Array.from(rows.labels), 'int32'),
  };
}

export function disposeDeviceBatch(batch: DeviceBatch): void {
  disposeRobertaBatch(batch.tokens);
  batch.labels.dispose();
}

/** Logits under trainable weights, which stand over the frozen ones of the same name. @returns (B, C) */
export function classifierLogits(
  classifier: Classifier,
  trainable: TensorRecord,
  batch: RobertaBatch,
  options: { adapt?: AdaptProjection; dropout?: DropoutPass },
): tf.Tensor2D {
  return sequenceLogits(classifier.config, { ...classifier.frozen, ...trainable }, batch, options);
}

/** Mean cross-entropy, or mean squared error of a regression, as Hugging Face's sequence heads. */
export function classifierLoss(classifier: Classifier, logits: tf.Tensor2D, labels: tf.Tensor1D): tf.Scalar {
  if (!classifier.regression) return crossEntropy(logits, labels);
  const difference = tf.sub(tf.reshape(logits, [-1]), labels);
  return tf.mean(tf.mul(difference, difference)) as tf.Scalar;
}

export function disposeClassifier(classifier: Classifier): void {
  disposeRecord(classifier.frozen);
}
