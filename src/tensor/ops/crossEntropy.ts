/** Mean softmax cross-entropy against class indices, as torch.nn.CrossEntropyLoss with ignore_index −100. */
import * as tf from '@tensorflow/tfjs';
import { defineOp, isDifferentiatingGradient } from './defineOp';
import { softmax } from './softmax';

/** Rows with this label take no part in the mean. */
export const IGNORED_LABEL = -100;

/** (targets, weights): one-hot rows, and 1/count for rows that count, 0 for the rest. */
function targetsOf(logits: tf.Tensor, labels: tf.Tensor): { oneHot: tf.Tensor; weights: tf.Tensor } {
  const counted = tf.cast(tf.notEqual(labels, IGNORED_LABEL), 'float32');
  const oneHot = tf.oneHot(tf.maximum(labels, tf.scalar(0, 'int32')), logits.shape[1] as number);
  return {
    oneHot: tf.cast(oneHot, 'float32'),
    weights: tf.expandDims(tf.div(counted, tf.maximum(tf.sum(counted), 1)), 1),
  };
}

function backward(dy: tf.Tensor, logits: tf.Tensor, labels: tf.Tensor): tf.Tensor {
  const { oneHot, weights } = targetsOf(logits, labels);
  return tf.mul(tf.sub(softmax(logits), oneHot), tf.mul(weights, dy));
}

/** log Σ exp of the row that starts at `row`. */
function logSumExp(values: Float32Array, row: number, width: number): number {
  let largest = -Infinity;
  for (let i = row; i < row + width; i++) largest = Math.max(largest, values[i] as number);
  let total = 0;
  for (let i = row; i < row + width; i++) total += Math.exp((values[i] as number) - largest);
  return largest + Math.log(total);
}

const countLabels = (labels: Int32Array) => {
  let counted = 0;
  for (const label of labels) if (label !== IGNORED_LABEL) counted += 1;
  return Math.max(counted, 1);
};

const runGrad = defineOp<{ dy: tf.Tensor; logits: tf.Tensor; labels: tf.Tensor }>({
  name: 'AutoLoraCrossEntropyGrad',
  reference: ({ dy, logits, labels }) => tf.tidy(() => backward(dy, logits, labels)),
  host: {
    outputShape: ({ logits }) => logits.shape,
    compute: ({ dy, logits, labels }, output) => {
      const width = logits.shape[1] as number;
      const scale = (dy.values[0] as number) / countLabels(labels.integers);
      labels.integers.forEach((label, row) => {
        const start = row * width;
        if (label === IGNORED_LABEL) {
          output.values.fill(0, start, start + width);
          return;
        }
        const normaliser = logSumExp(logits.values, start, width);
        for (let i = 0; i < width; i++) {
          const probability = Math.exp((logits.values[start + i] as number) - normaliser);
          output.values[start + i] = scale * (probability - (i === label ? 1 : 0));
        }
      });
    },
  },
});

const runCrossEntropy = defineOp<{ logits: tf.Tensor; labels: tf.Tensor }>({
  name: 'AutoLoraCrossEntropy',
  reference: ({ logits, labels }) =>
    tf.tidy(() => {
      const { oneHot, weights } = targetsOf(logits, labels);
      return tf.neg(tf.sum(tf.mul(tf.mul(tf.logSoftmax(logits), oneHot), weights)));
    }),
  host: {
    outputShape: () => [],
    compute: ({ logits, labels }, output) => {
      const width = logits.shape[1] as number;
      let total = 0;
      labels.integers.forEach((label, row) => {
        if (label === IGNORED_LABEL) return;
        total +=
          logSumExp(logits.values, row * width, width) - (logits.values[row * width + label] as number);
      });
      output.values[0] = total / countLabels(labels.integers);
    },
  },
  saves: ['logits', 'labels'],
  gradient: (dy, { logits, labels }) => ({
    logits: () =>
      isDifferentiatingGradient() ? backward(dy, logits, labels) : runGrad({ dy, logits, labels }, {}),
  }),
});

/**
 * @param logits (N, C)
 * @param labels (N), int32; −100 is ignored
 * @returns scalar, the mean over counted rows (0 when there are none)
 */
export function crossEntropy(logits: tf.Tensor, labels: tf.Tensor): tf.Scalar {
  return runCrossEntropy({ logits, labels }, {}) as tf.Scalar;
}
