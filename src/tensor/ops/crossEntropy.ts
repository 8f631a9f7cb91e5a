/** Mean softmax cross-entropy against class indices, as torch.nn.CrossEntropyLoss with ignore_index −100. */
import * as tf from '@tensorflow/tfjs';
import { defineOp, isDifferentiatingGradient } from './defineOp';
import { softmax } from './softmax';
import { runWgsl, type WgslProgram } from './webgpu';

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

const programParts = {
  uniforms: { rows: 'i32', width: 'i32' },
  per: 'group',
} as const;

const countedSource = /* wgsl */ `
  fn counted(thread : i32) -> f32 {
    var share = 0.0;
    for (var row = thread; row < uniforms.rows; row += threads) {
      share += select(1.0, 0.0, i32(labels[row]) == ${IGNORED_LABEL});
    }
    return max(sumOverGroup(share), 1.0);
  }
`;

/** One group sums over all rows, each of which one thread reads. */
const lossProgram: WgslProgram = {
  ...programParts,
  name: 'AutoLoraCrossEntropy',
  inputs: ['logits', 'labels'],
  source: /* wgsl */ `
    ${countedSource}
    fn group(at : i32, thread : i32) {
      var share = 0.0;
      for (var row = thread; row < uniforms.rows; row += threads) {
        let label = i32(labels[row]);
        if (label == ${IGNORED_LABEL}) { continue; }
        let start = row * uniforms.width;
        var largest = logits[start];
        for (var i = 1; i < uniforms.width; i++) { largest = max(largest, logits[start + i]); }
        var total = 0.0;
        for (var i = 0; i < uniforms.width; i++) { total += exp(logits[start + i] - largest); }
        share += log(total) - (logits[start + label] - largest);
      }
      let loss = sumOverGroup(share) / counted(thread);
      if (thread == 0) { result[0] = loss; }
    }
  `,
};

const gradProgram: WgslProgram = {
  ...programParts,
  name: 'AutoLoraCrossEntropyGrad',
  inputs: ['dy', 'logits', 'labels'],
  source: /* wgsl */ `
    ${countedSource}
    fn group(at : i32, thread : i32) {
      let start = at * uniforms.width;
      let end = start + uniforms.width;
      let label = i32(labels[at]);
      var largest = logits[start];
      for (var i = start + thread; i < end; i += threads) { largest = max(largest, logits[i]); }
      largest = maxOverGroup(largest);
      var share = 0.0;
      for (var i = start + thread; i < end; i += threads) { share += exp(logits[i] - largest); }
      let total = sumOverGroup(share);
      let scale = select(dy[0] / counted(thread), 0.0, label == ${IGNORED_LABEL});
      for (var i = start + thread; i < end; i += threads) {
        result[i] = scale * (exp(logits[i] - largest) / total - select(0.0, 1.0, i - start == label));
      }
    }
  `,
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
  webgpu: ({ dy, logits, labels }, _attributes, backend) => {
    const [rows, width] = logits.shape as [number, number];
    return runWgsl(backend, gradProgram, [dy, logits, labels], logits.shape, { rows, width }, rows);
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
  webgpu: ({ logits, labels }, _attributes, backend) => {
    const [rows, width] = logits.shape as [number, number];
    return runWgsl(backend, lossProgram, [logits, labels], [], { rows, width }, 1);
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
