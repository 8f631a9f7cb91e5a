/**
 * Multi-head scaled dot-product attention as one op: softmax(q kᵀ / √d + mask) v per head. The backward pass
 * recomputes the probabilities from q and k, so nothing of size T² is kept between the passes.
 */
import * as tf from '@tensorflow/tfjs';
import {
  attentionOnDevice,
  headProductOnDevice,
  MOST_KEYS,
  probabilitiesOnDevice,
  scoreGradOnDevice,
} from './attention.wgsl';
import { defineOp, isDifferentiatingGradient } from './defineOp';
import { dropout } from './dropout';
import { matMul } from './matMul';
import { softmax } from './softmax';
import { attentionFitsWasm, attentionGradientsOnWasm, attentionOnWasm } from './wasm/kernels';

interface AttentionAttributes {
  heads: number;
  dropoutRate: number;
  dropoutKey: number;
}

type AttentionInputs = { query: tf.Tensor; key: tf.Tensor; value: tf.Tensor; mask: tf.Tensor };

/** (B, T, D) → (B, H, T, D/H) */
function splitHeads(x: tf.Tensor, heads: number): tf.Tensor {
  const [batch, length, width] = x.shape as [number, number, number];
  return tf.transpose(tf.reshape(x, [batch, length, heads, width / heads]), [0, 2, 1, 3]);
}

/** (B, H, T, D/H) → (B, T, D) */
function mergeHeads(x: tf.Tensor): tf.Tensor {
  const [batch, heads, length, width] = x.shape as [number, number, number, number];
  return tf.reshape(tf.transpose(x, [0, 2, 1, 3]), [batch, length, heads * width]);
}

/** Probabilities after softmax, (B, H, T, T). */
function probabilitiesOf(query: tf.Tensor, key: tf.Tensor, mask: tf.Tensor): tf.Tensor {
  const scale = 1 / Math.sqrt(query.shape[3] as number);
  return softmax(tf.add(tf.mul(matMul(query, key, false, true), scale), mask));
}

function forward(
  inputs: AttentionInputs,
  { heads, dropoutRate, dropoutKey }: AttentionAttributes,
): tf.Tensor {
  const query = splitHeads(inputs.query, heads);
  const key = splitHeads(inputs.key, heads);
  const value = splitHeads(inputs.value, heads);
  const probabilities = dropout(probabilitiesOf(query, key, inputs.mask), dropoutRate, dropoutKey);
  return mergeHeads(matMul(probabilities, value));
}

/** Gradient of the scores q kᵀ, (B, H, T, T), from that of the context and the probabilities, by head. */
function scoreGradient(
  context: tf.Tensor,
  value: tf.Tensor,
  probabilities: tf.Tensor,
  { dropoutRate, dropoutKey }: AttentionAttributes,
): tf.Tensor {
  const dropped = dropout(matMul(context, value, false, true), dropoutRate, dropoutKey);
  const inner = tf.sum(tf.mul(dropped, probabilities), -1, true);
  const scale = 1 / Math.sqrt(value.shape[3] as number);
  return tf.mul(tf.mul(tf.sub(dropped, inner), probabilities), scale);
}

/** Gradients of query, key and value, each (B, T, D). */
function backward(dy: tf.Tensor, inputs: AttentionInputs, attributes: AttentionAttributes): tf.Tensor[] {
  const { heads, dropoutRate, dropoutKey } = attributes;
  const query = splitHeads(inputs.query, heads);
  const key = splitHeads(inputs.key, heads);
  const value = splitHeads(inputs.value, heads);
  const context = splitHeads(dy, heads); // (B, H, T, d)
  const probabilities = probabilitiesOf(query, key, inputs.mask);
  const scores = scoreGradient(context, value, probabilities, attributes); // (B, H, T, T)
  return [
    mergeHeads(matMul(scores, key)),
    mergeHeads(matMul(scores, query, true, false)),
    mergeHeads(matMul(dropout(probabilities, dropoutRate, dropoutKey), context, true, false)),
  ];
}

// The parts of the backward pass as WebGPU has them: each a program that reads heads where they lie in (B, T, D).

const runProbabilities = defineOp<Pick<AttentionInputs, 'query' | 'key' | 'mask'>, { heads: number }>({
  name: 'AutoLoraAttentionProbabilities',
  reference: ({ query, key, mask }, { heads }) =>
    tf.tidy(() => probabilitiesOf(splitHeads(query, heads), splitHeads(key, heads), mask)),
  webgpu: (inputs, { heads }, backend) => probabilitiesOnDevice(backend, inputs, heads),
});

const runScoreGrad = defineOp<
  { dy: tf.Tensor; value: tf.Tensor; probabilities: tf.Tensor },
  AttentionAttributes
>({
  name: 'AutoLoraAttentionScoreGrad',
  reference: ({ dy, value, probabilities }, attributes) =>
    tf.tidy(() => {
      const { heads } = attributes;
      return scoreGradient(splitHeads(dy, heads), splitHeads(value, heads), probabilities, attributes);
    }),
  webgpu: (inputs, attributes, backend) => scoreGradOnDevice(backend, inputs, attributes),
});

interface HeadProductAttributes {
  transpose: boolean;
  dropoutRate: number;
  dropoutKey: number;
}

const runHeadProduct = defineOp<{ matrix: tf.Tensor; x: tf.Tensor }, HeadProductAttributes>({
  name: 'AutoLoraHeadProduct',
  reference: ({ matrix, x }, { transpose, dropoutRate, dropoutKey }) =>
    tf.tidy(() => {
      const byHead = splitHeads(x, matrix.shape[1] as number);
      return mergeHeads(matMul(dropout(matrix, dropoutRate, dropoutKey), byHead, transpose));
    }),
  webgpu: (inputs, attributes, backend) => headProductOnDevice(backend, inputs, attributes),
});

/**
 * As `backward`, but that of a key nobody learns from is never computed. What the three share is computed here: what
 * a lazy gradient allocates, tfjs frees as soon as it returns.
 */
function lazyBackward(
  dy: tf.Tensor,
  { query, key, value, mask }: AttentionInputs,
  attributes: AttentionAttributes,
): Record<'query' | 'key' | 'value', () => tf.Tensor> {
  const { heads, dropoutRate, dropoutKey } = attributes;
  const probabilities = runProbabilities({ query, key, mask }, { heads });
  const scores = runScoreGrad({ dy, value, probabilities }, attributes);
  const whole = { dropoutRate: 0, dropoutKey: 0 };
  return {
    query: () => runHeadProduct({ matrix: scores, x: key }, { ...whole, transpose: false }),
    key: () => runHeadProduct({ matrix: scores, x: query }, { ...whole, transpose: true }),
    value: () =>
      runHeadProduct({ matrix: probabilities, x: dy }, { dropoutRate, dropoutKey, transpose: true }),
  };
}

/** Gradients of query, key and value below one another, (B · queries + 2 · B · keys, D). */
function stackedGradients(
  { dy, ...inputs }: AttentionInputs & { dy: tf.Tensor },
  { heads }: { heads: number },
): tf.Tensor {
  return tf.tidy(() => {
    const gradients = backward(dy, inputs, { heads, dropoutRate: 0, dropoutKey: 0 });
    const width = inputs.query.shape[2] as number;
    return tf.concat(gradients.map((gradient) => tf.reshape(gradient, [-1, width])));
  });
}

const runGradients = defineOp<AttentionInputs & { dy: tf.Tensor }, { heads: number }>({
  name: 'AutoLoraAttentionGradients',
  reference: stackedGradients,
  wasm: (inputs, attributes, backend) =>
    attentionFitsWasm(backend, inputs, attributes.heads)
      ? attentionGradientsOnWasm(backend, inputs, attributes.heads)
      : stackedGradients(inputs, attributes),
});

/** As `backward`, without dropout, by one kernel for all three. */
function wasmBackward(
  dy: tf.Tensor,
  { query, key, value, mask }: AttentionInputs,
  heads: number,
): Record<'query' | 'key' | 'value', () => tf.Tensor> {
  const all = runGradients({ dy, query, key, value, mask }, { heads });
  const rowsOf = (x: tf.Tensor) => x.size / (x.shape[2] as number);
  const part = (start: number, like: tf.Tensor) => () =>
    tf.tidy(() => tf.reshape(tf.slice(all, [start, 0], [rowsOf(like), -1]), like.shape));
  return {
    query: part(0, query),
    key: part(rowsOf(query), key),
    value: part(rowsOf(query) + rowsOf(key), value),
  };
}

const fitsDevice = (key: tf.Tensor) => (key.shape[1] as number) <= MOST_KEYS;

const runAttention = defineOp<AttentionInputs, AttentionAttributes>({
  name: 'AutoLoraAttention',
  reference: (inputs, attributes) => tf.tidy(() => forward(inputs, attributes)),
  wasm: (inputs, attributes, backend) =>
    attributes.dropoutRate === 0 && attentionFitsWasm(backend, inputs, attributes.heads)
      ? attentionOnWasm(backend, inputs, attributes.heads)
      : tf.tidy(() => forward(inputs, attributes)),
  webgpu: (inputs, attributes, backend) =>
    fitsDevice(inputs.key)
      ? attentionOnDevice(backend, inputs, attributes)
      : tf.tidy(() => forward(inputs, attributes)),
  saves: ['query', 'key', 'value', 'mask'],
  gradient: (dy, inputs, attributes) => {
    if (tf.getBackend() === 'webgpu' && !isDifferentiatingGradient() && fitsDevice(inputs.key))
      return lazyBackward(dy, inputs, attributes);
    if (
      attributes.dropoutRate === 0 &&
      !isDifferentiatingGradient() &&
      attentionFitsWasm(tf.backend(), inputs, attributes.heads)
    )
      return wasmBackward(dy, inputs, attributes.heads);
    // One pass serves all three: they share the probabilities. Made of ops that differentiate again.
    const [query, key, value] = tf.tidy(() => backward(dy, inputs, attributes)) as [
      tf.Tensor,
      tf.Tensor,
      tf.Tensor,
    ];
    return { query: () => query, key: () => key, value: () => value };
  },
});

/**
 * @param query, key, value (B, T, D)
 * @param mask additive, broadcastable to (B, H, T, T): 0 where a key may be seen, a large negative number elsewhere
 * @returns (B, T, D)
 */
export function attention(
  query: tf.Tensor,
  key: tf.Tensor,
  value: tf.Tensor,
  mask: tf.Tensor,
  options: { heads: number; dropoutRate?: number; dropoutKey?: number },
): tf.Tensor {
  const { heads, dropoutRate = 0, dropoutKey = 0 } = options;
  return runAttention({ query, key, value, mask }, { heads, dropoutRate, dropoutKey });
}
