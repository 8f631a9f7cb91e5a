/**
 * Multi-head scaled dot-product attention as one op: softmax(q kᵀ / √d + mask) v per head. The backward pass
 * recomputes the probabilities from q and k, so nothing of size T² is kept between the passes.
 */
import * as tf from '@tensorflow/tfjs';
import { defineOp } from './defineOp';
import { dropout } from './dropout';
import { matMul } from './matMul';
import { softmax } from './softmax';

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

/** Gradients of query, key and value, each (B, T, D). */
function backward(
  dy: tf.Tensor,
  inputs: AttentionInputs,
  { heads, dropoutRate, dropoutKey }: AttentionAttributes,
): tf.Tensor[] {
  const query = splitHeads(inputs.query, heads);
  const key = splitHeads(inputs.key, heads);
  const value = splitHeads(inputs.value, heads);
  const context = splitHeads(dy, heads); // (B, H, T, d)
  const probabilities = probabilitiesOf(query, key, inputs.mask);
  const dropped = dropout(matMul(context, value, false, true), dropoutRate, dropoutKey);
  const inner = tf.sum(tf.mul(dropped, probabilities), -1, true);
  const scale = 1 / Math.sqrt(query.shape[3] as number);
  const scores = tf.mul(tf.mul(tf.sub(dropped, inner), probabilities), scale); // (B, H, T, T)
  return [
    mergeHeads(matMul(scores, key)),
    mergeHeads(matMul(scores, query, true, false)),
    mergeHeads(matMul(dropout(probabilities, dropoutRate, dropoutKey), context, true, false)),
  ];
}

const runAttention = defineOp<AttentionInputs, AttentionAttributes>({
  name: 'AutoLoraAttention',
  reference: (inputs, attributes) => tf.tidy(() => forward(inputs, attributes)),
  saves: ['query', 'key', 'value', 'mask'],
  gradient: (dy, inputs, attributes) => {
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
