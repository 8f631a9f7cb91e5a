/**
 * Mean softmax cross-entropy against class indices with label smoothing ε, as torch.nn.CrossEntropyLoss with ignore_index
 * −100: of C classes the target gives its own 1 − ε + ε/C and each other ε/C.
 */
import * as tf from '@tensorflow/tfjs';
import { defineOp, isDifferentiatingGradient } from './defineOp';
import { softmax } from './softmax';
import { runWgsl, type WgslProgram } from './webgpu';

/** Rows with this label take no part in the mean. */
export const IGNORED_LABEL = -100;

interface LossAttributes {
  /** ε */
  smoothing: number;
}

/** (targets, weights): a distribution per row, and 1/count for rows that count, 0 for the rest. */
function targetsOf(
  logits: tf.Tensor,
  labels: tf.Tensor,
  { smoothing }: LossAttributes,
): { targets: tf.Tensor; weights: tf.Tensor } {
  const width = logits.shape[1] as number;
  const counted = tf.cast(tf.notEqual(labels, IGNORED_LABEL), 'float32');
  const classes = tf.maximum(labels, tf.scalar(0, 'int32'));
  return {
    // By arithmetic: the on and off values of the WASM backend's own oneHot are whole numbers.
    targets: tf.add(tf.mul(tf.cast(tf.oneHot(classes, width), 'float32'), 1 - smoothing), smoothing / width),
    weights: tf.expandDims(tf.div(counted, tf.maximum(tf.sum(counted), 1)), 1),
  };
}

function backward(
  dy: tf.Tensor,
  logits: tf.Tensor,
  labels: tf.Tensor,
  attributes: LossAttributes,
): tf.Tensor {
  const { targets, weights } = targetsOf(logits, labels, attributes);
  return tf.mul(tf.sub(softmax(logits), targets), tf.mul(weights, dy));
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
  uniforms: { rows: 'i32', width: 'i32', smoothing: 'f32' },
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

/** One group sums over all rows, each of which one thread reads: of few classes. */
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
        var sum = 0.0;
        for (var i = 0; i < uniforms.width; i++) {
          total += exp(logits[start + i] - largest);
          sum += logits[start + i] - largest;
        }
        share += log(total) - (1.0 - uniforms.smoothing) * (logits[start + label] - largest)
          - uniforms.smoothing / f32(uniforms.width) * sum;
      }
      let loss = sumOverGroup(share) / counted(thread);
      if (thread == 0) { result[0] = loss; }
    }
  `,
};

/** As many classes as a vocabulary has are worth a group per row; the sum over rows is a step of its own. */
const MANY_CLASSES = 512;

const rowLossProgram: WgslProgram = {
  ...programParts,
  name: 'AutoLoraCrossEntropyRows',
  inputs: ['logits', 'labels'],
  threads: 128,
  source: /* wgsl */ `
    fn group(at : i32, thread : i32) {
      let start = at * uniforms.width;
      let end = start + uniforms.width;
      let label = i32(labels[at]);
      var largest = logits[start];
      for (var i = start + thread; i < end; i += threads) { largest = max(largest, logits[i]); }
      largest = maxOverGroup(largest);
      var share = 0.0;
      var shareOfSum = 0.0;
      for (var i = start + thread; i < end; i += threads) {
        share += exp(logits[i] - largest);
        shareOfSum += logits[i] - largest;
      }
      let total = sumOverGroup(share);
      let sum = sumOverGroup(shareOfSum);
      if (thread == 0) {
        let own = logits[start + max(label, 0)] - largest;
        let loss = log(total) - (1.0 - uniforms.smoothing) * own - uniforms.smoothing / f32(uniforms.width) * sum;
        result[at] = select(loss, 0.0, label == ${IGNORED_LABEL});
      }
    }
  `,
};

const meanOfRowsProgram: WgslProgram = {
  ...programParts,
  name: 'AutoLoraCrossEntropyMean',
  inputs: ['losses', 'labels'],
  source: /* wgsl */ `
    ${countedSource}
    fn group(at : i32, thread : i32) {
      var share = 0.0;
      for (var row = thread; row < uniforms.rows; row += threads) { share += losses[row]; }
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
        let goal = select(0.0, 1.0 - uniforms.smoothing, i - start == label) + uniforms.smoothing / f32(uniforms.width);
        result[i] = scale * (exp(logits[i] - largest) / total - goal);
      }
    }
  `,
};

const runGrad = defineOp<{ dy: tf.Tensor; logits: tf.Tensor; labels: tf.Tensor }, LossAttributes>({
  name: 'AutoLoraCrossEntropyGrad',
  reference: ({ dy, logits, labels }, attributes) => tf.tidy(() => backward(dy, logits, labels, attributes)),
  host: {
    outputShape: ({ logits }) => logits.shape,
    compute: ({ dy, logits, labels }, output, { smoothing }) => {
      const width = logits.shape[1] as number;
      const others = smoothing / width;
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
          output.values[start + i] = scale * (probability - others - (i === label ? 1 - smoothing : 0));
        }
      });
    },
  },
  webgpu: ({ dy, logits, labels }, { smoothing }, backend) => {
    const [rows, width] = logits.shape as [number, number];
    const uniforms = { rows, width, smoothing };
    return runWgsl(backend, gradProgram, [dy, logits, labels], logits.shape, uniforms, rows);
  },
});

const runCrossEntropy = defineOp<{ logits: tf.Tensor; labels: tf.Tensor }, LossAttributes>({
  name: 'AutoLoraCrossEntropy',
  reference: ({ logits, labels }, attributes) =>
    tf.tidy(() => {
      const { targets, weights } = targetsOf(logits, labels, attributes);
      return tf.neg(tf.sum(tf.mul(tf.mul(tf.logSoftmax(logits), targets), weights)));
    }),
  host: {
    outputShape: () => [],
    compute: ({ logits, labels }, output, { smoothing }) => {
      const width = logits.shape[1] as number;
      let total = 0;
      labels.integers.forEach((label, row) => {
        if (label === IGNORED_LABEL) return;
        const start = row * width;
        total += logSumExp(logits.values, start, width);
        total -= (1 - smoothing) * (logits.values[start + label] as number);
        if (smoothing === 0) return;
        let sum = 0;
        for (let i = start; i < start + width; i++) sum += logits.values[i] as number;
        total -= (smoothing / width) * sum;
      });
      output.values[0] = total / countLabels(labels.integers);
    },
  },
  webgpu: ({ logits, labels }, { smoothing }, backend) => {
    const [rows, width] = logits.shape as [number, number];
    const uniforms = { rows, width, smoothing };
    if (width < MANY_CLASSES) return runWgsl(backend, lossProgram, [logits, labels], [], uniforms, 1);
    const losses = runWgsl(backend, rowLossProgram, [logits, labels], [rows], uniforms, rows);
    const mean = runWgsl(backend, meanOfRowsProgram, [losses, labels], [], uniforms, 1);
    backend.disposeData(losses.dataId);
    return mean;
  },
  saves: ['logits', 'labels'],
  gradient: (dy, { logits, labels }, attributes) => ({
    logits: () =>
      isDifferentiatingGradient()
        ? backward(dy, logits, labels, attributes)
        : runGrad({ dy, logits, labels }, attributes),
  }),
});

/**
 * @param logits (N, C)
 * @param labels (N), int32; −100 is ignored
 * @param smoothing ε in [0, 1]
 * @returns scalar, the mean over counted rows (0 when there are none)
 */
export function crossEntropy(logits: tf.Tensor, labels: tf.Tensor, smoothing = 0): tf.Scalar {
  return runCrossEntropy({ logits, labels }, { smoothing }) as tf.Scalar;
}
