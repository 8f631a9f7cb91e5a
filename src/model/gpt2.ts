/**
 * GPT-2 (Radford et al. 2019) as Hugging Face computes it, top to bottom: token and position embeddings, pre-norm
 * decoder blocks with one fused projection for query, key and value, final LayerNorm, and the language-model head that is
 * the token embedding. Weights are a record under Hugging Face's names; a Conv1D weight is (in, out).
 */
import * as tf from '@tensorflow/tfjs';
import { hashKey } from '../random/stream';
import { affine, attention, dropout, embedding, geluNew, layerNorm, linear } from '../tensor/ops';
import { type TensorRecord, tensorOf } from '../tensor/records';
import type { Gpt2Config } from './config';
import { type DropoutPass, type ForwardOptions, MASKED, type TokenBatch, type TokenRows } from './forward';

/** The parts of `c_attn` in the order of its columns. */
export const FUSED_PARTS = ['query', 'key', 'value'] as const;

/**
 * Typed arrays → tensors. Padding stands on the right, so a token never sees it: the causal mask says all there is.
 * @throws Error where a token stands after padding
 */
export function gpt2Batch({ size, length, inputIds, attentionMask }: TokenRows): TokenBatch {
  for (let at = 1; at < attentionMask.length; at++) {
    if (at % length !== 0 && attentionMask[at] === 1 && attentionMask[at - 1] === 0)
      throw new Error(
        `Row ${Math.floor(at / length) + 1} of the batch has padding before a token; GPT-2 is padded on the right.`,
      );
  }
  return {
    inputIds: tf.tensor2d(inputIds, [size, length], 'int32'),
    positionIds: tf.tensor1d(
      Int32Array.from({ length }, (_, position) => position),
      'int32',
    ),
    mask: causalMask(length),
  };
}

/** A token sees itself and those before it. @returns (1, 1, T, T) */
function causalMask(length: number): tf.Tensor {
  const mask = new Float32Array(length * length);
  for (let query = 0; query < length; query++)
    mask.fill(MASKED, query * length + query + 1, (query + 1) * length);
  return tf.tensor4d(mask, [1, 1, length, length]);
}

/** Conv1D by module name. @param x (…, in) @returns (…, out) */
export function conv1d(weights: TensorRecord, module: string, x: tf.Tensor): tf.Tensor {
  return affine(x, tensorOf(weights, `${module}.weight`), tensorOf(weights, `${module}.bias`));
}

/** Layer norm by module name. @param x (…, D) @returns (…, D) */
export function gpt2Norm(config: Gpt2Config, weights: TensorRecord, module: string, x: tf.Tensor): tf.Tensor {
  const weight = tensorOf(weights, `${module}.weight`);
  return layerNorm(x, weight, tensorOf(weights, `${module}.bias`), config.layerNormEps);
}

/** Sum of token and position embeddings. @param positionIds (T) or (B, T) @returns (B, T, D) */
export function gpt2Embeddings(
  weights: TensorRecord,
  { inputIds, positionIds }: Pick<TokenBatch, 'inputIds' | 'positionIds'>,
  pass?: DropoutPass,
): tf.Tensor {
  const tokens = embedding(tensorOf(weights, 'transformer.wte.weight'), inputIds); // (B, T, D)
  const positions = embedding(tensorOf(weights, 'transformer.wpe.weight'), positionIds); // (T, D)
  const sum = tf.add(tokens, positions);
  return pass ? dropout(sum, pass.hidden, hashKey(pass.key, 0)) : sum;
}

/**
 * Query, key and value of one block from its fused projection, each as the adapter leaves it.
 * @param x (B, T, D), normalised
 * @returns three tensors (B, T, D)
 */
export function gpt2Projections(
  weights: TensorRecord,
  block: string,
  x: tf.Tensor,
  adapt: ForwardOptions['adapt'],
): [query: tf.Tensor, key: tf.Tensor, value: tf.Tensor] {
  const fused = conv1d(weights, `${block}.attn.c_attn`, x); // (B, T, 3D)
  const parts = tf.split(fused, FUSED_PARTS.length, -1);
  return FUSED_PARTS.map((part, i) => {
    const output = parts[i] as tf.Tensor;
    return adapt ? adapt(`${block}.attn.c_attn.${part}`, x, output) : output;
  }) as [tf.Tensor, tf.Tensor, tf.Tensor];
}

/** One decoder block. @param x (B, T, D) @returns (B, T, D) */
function gpt2Block(
  config: Gpt2Config,
  weights: TensorRecord,
  index: number,
  x: tf.Tensor,
  mask: tf.Tensor,
  { adapt, adaptSublayer = (_module, y) => y, dropout: pass }: ForwardOptions,
): tf.Tensor {
  const block = `transformer.h.${index}`;
  const key = (site: number) => hashKey(pass?.key ?? 0, index + 1, site);
  const drop = (y: tf.Tensor, site: number) => (pass ? dropout(y, pass.hidden, key(site)) : y);
  /** The end of a sub-layer: projection, dropout, adapter. */
  const close = (module: string, input: tf.Tensor, site: number) =>
    adaptSublayer(module, drop(conv1d(weights, module, input), site));

  const [query, keys, value] = gpt2Projections(
    weights,
    block,
    gpt2Norm(config, weights, `${block}.ln_1`, x),
    adapt,
  );
  const context = attention(query, keys, value, mask, {
    heads: config.heads,
    dropoutRate: pass?.attention ?? 0,
    dropoutKey: key(0),
  });
  const middle = tf.add(x, close(`${block}.attn.c_proj`, context, 1));

  const wide = geluNew(
    conv1d(weights, `${block}.mlp.c_fc`, gpt2Norm(config, weights, `${block}.ln_2`, middle)),
  );
  return tf.add(middle, close(`${block}.mlp.c_proj`, wide, 2)); // wide: (B, T, 4D)
}

/**
 * Embedding output and the output of every block, the last one after `ln_f`, as Hugging Face's `hidden_states`.
 * @returns layers + 1 tensors, each (B, T, D)
 */
export function gpt2HiddenStates(
  config: Gpt2Config,
  weights: TensorRecord,
  batch: TokenBatch,
  options: ForwardOptions = {},
): tf.Tensor[] {
  const states = [gpt2Embeddings(weights, batch, options.dropout)];
  for (let index = 0; index < config.layers; index++) {
    states.push(gpt2Block(config, weights, index, states[index] as tf.Tensor, batch.mask, options));
  }
  states.push(gpt2Norm(config, weights, 'transformer.ln_f', states.pop() as tf.Tensor));
  return states;
}

/** The head: the token embedding as a linear layer without bias. @param hidden (…, D), after ln_f @returns (…, V) */
export function languageHead(weights: TensorRecord, hidden: tf.Tensor): tf.Tensor {
  return linear(hidden, tensorOf(weights, 'transformer.wte.weight'));
}

/**
 * Logits of the next token at chosen positions: with 50,257 columns the head would otherwise cost more than the rest.
 * @param positions (M), int32: indices into the B·T rows
 * @returns (M, V)
 */
export function languageLogits(
  config: Gpt2Config,
  weights: TensorRecord,
  batch: TokenBatch,
  positions: tf.Tensor1D,
  options: ForwardOptions = {},
): tf.Tensor2D {
  const states = gpt2HiddenStates(config, weights, batch, options);
  const rows = tf.reshape(states[config.layers] as tf.Tensor, [-1, config.hiddenSize]); // (B·T, D)
  return languageHead(weights, embedding(rows, positions)) as tf.Tensor2D;
}
