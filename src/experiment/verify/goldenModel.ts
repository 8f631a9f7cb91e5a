/** The checkpoint of a golden folder on the current device, with its head and the batches that golden.json gives. */
import * as tf from '@tensorflow/tfjs';
import { readConfig, readWeights } from '../../model/checkpoint';
import { type Classifier, type DeviceBatch, deviceBatch } from '../../model/classifier';
import { disposeRecord, type TensorRecord } from '../../tensor/records';
import { type GoldenFolder, type GoldenObject, NotComparable } from './folder';

export interface GoldenModel {
  classifier: Classifier;
  /** The checkpoint's own head. */
  head: TensorRecord;
}

/** Head and regression flag as transformers takes them from config.json. The model is the caller's to dispose. */
export function loadGoldenModel(folder: GoldenFolder): GoldenModel {
  const { config } = readConfig(folder.beside);
  const { tensors } = readWeights(folder.beside, config);
  const frozen: Record<string, tf.Tensor> = {};
  const head: Record<string, tf.Tensor> = {};
  let parameterCount = 0;
  for (const [name, { shape, data }] of tensors) {
    const target = name.startsWith('classifier.') ? head : frozen;
    target[name] = tf.tensor(data, shape);
    if (target === frozen) parameterCount += data.length;
  }
  const headInit = new Map([...tensors].filter(([name]) => name.startsWith('classifier.')));
  const regression = config.problemType === 'regression' || (!config.problemType && config.numLabels === 1);
  return { classifier: { config, frozen, headInit, regression, parameterCount }, head };
}

export function disposeGoldenModel({ classifier, head }: GoldenModel): void {
  disposeRecord(classifier.frozen);
  disposeRecord(head);
}

/** `{input_ids, attention_mask, labels?}` as a batch on the device, the caller's to dispose. */
export function goldenBatch(classifier: Classifier, inputs: GoldenObject): DeviceBatch {
  const { shape, data } = inputs.tensor('input_ids');
  const [size, length] = shape;
  if (size === undefined || length === undefined || shape.length !== 2)
    throw new NotComparable(`input_ids has shape [${shape}]; expected (batch, length).`);
  const outside = data.find((id) => !(id >= 0 && id < classifier.config.vocabSize));
  if (outside !== undefined)
    throw new NotComparable(
      `input_ids holds ${outside}, outside the vocabulary of ${classifier.config.vocabSize}.`,
    );
  return deviceBatch(classifier, {
    size,
    length,
    inputIds: Int32Array.from(data),
    attentionMask: Int32Array.from(inputs.tensor('attention_mask').data),
    labels: inputs.has('labels') ? Float32Array.from(inputs.tensor('labels').data) : new Float32Array(size),
  });
}
