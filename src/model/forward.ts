/** What the forward passes of both families share: the batch on the device, the adapter's hook, dropout of one pass. */
import * as tf from '@tensorflow/tfjs';

/** Token ids of one batch on the device, with what the model derives from them. */
export interface TokenBatch {
  /** (B, T), int32 */
  inputIds: tf.Tensor;
  /** RoBERTa (B, T), GPT-2 (T); int32 */
  positionIds: tf.Tensor;
  /** Added to the scores: 0 where a key may be seen, −1e9 elsewhere. RoBERTa (B, 1, 1, T), GPT-2 (1, 1, T, T) */
  mask: tf.Tensor;
}

/** Rows as they come from the collator. */
export interface TokenRows {
  /** B */
  size: number;
  /** T */
  length: number;
  /** (B, T) */
  inputIds: Int32Array;
  /** (B, T), 1 for a token, 0 for padding */
  attentionMask: Int32Array;
}

/** What hides a key from a query. */
export const MASKED = -1e9;

export function disposeTokenBatch({ inputIds, positionIds, mask }: TokenBatch): void {
  tf.dispose([inputIds, positionIds, mask]);
}

/**
 * What an adapter does to a projection: gets the module's name, its input and its frozen output, and returns the
 * output to use instead. Of GPT-2's fused `c_attn` the parts come one by one, as `….attn.c_attn.query` and so on.
 */
export type AdaptProjection = (module: string, input: tf.Tensor, output: tf.Tensor) => tf.Tensor;

/**
 * What an adapter does to the output of a sub-layer, after its dropout and before the residual is added. The module is
 * that of its last dense layer: `….attention.output.dense`, `….output.dense`; GPT-2's `….attn.c_proj`, `….mlp.c_proj`.
 */
type AdaptSublayer = (module: string, output: tf.Tensor) => tf.Tensor;

/** Where a finetuning method takes part in a forward pass. */
export interface ForwardHooks {
  adapt?: AdaptProjection;
  adaptSublayer?: AdaptSublayer;
}

/** Dropout of one pass. Two passes with the same key drop the same elements. */
export interface DropoutPass {
  /** Of embeddings and of the output of every sub-layer. */
  hidden: number;
  /** Of attention probabilities. */
  attention: number;
  head: number;
  key: number;
}

export interface ForwardOptions extends ForwardHooks {
  dropout?: DropoutPass;
}
