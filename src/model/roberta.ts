/**
 * RoBERTa (Liu et al. 2019) as Hugging Face computes it, top to bottom: embeddings, post-norm encoder blocks, the heads of
 * sequence classification, token classification and masked language modelling. Weights are a record under Hugging Face's names.
 */
import * as tf from '@tensorflow/tfjs';
import { hashKey } from '../random/stream';
import { attention, dropout, embedding, gelu, layerNorm, linear, tanh } from '../tensor/ops';
import { type TensorRecord, tensorOf } from '../tensor/records';
import type { RobertaConfig } from './config';
import { type DropoutPass, type ForwardOptions, MASKED, type TokenBatch, type TokenRows } from './forward';

/** A batch on the device; positions are padding_idx + 1, + 2, … over the tokens that are not padding. */
export type RobertaBatch = TokenBatch;

export interface EncoderOptions extends ForwardOptions {
  /**
   * Compute the last block for the first token only, which is all that a sequence head reads: the same numbers for
   * a fraction of the work. The result is then (B, 1, D).
   */
  firstTokenOnly?: boolean;
}

/** Typed arrays → tensors. @param attentionMask (B, T), 1 for tokens */
export function robertaBatch(
  { size, length, inputIds, attentionMask }: TokenRows,
  padTokenId: number,
): RobertaBatch {
  const positions = new Int32Array(inputIds.length);
  const mask = new Float32Array(inputIds.length);
  for (let row = 0; row < size; row++) {
    let seen = 0;
    for (let i = row * length; i < (row + 1) * length; i++) {
      const isToken = inputIds[i] !== padTokenId;
      if (isToken) seen += 1;
      positions[i] = isToken ? padTokenId + seen : padTokenId;
      mask[i] = attentionMask[i] === 1 ? 0 : MASKED;
    }
  }
  return {
    inputIds: tf.tensor2d(inputIds, [size, length], 'int32'),
    positionIds: tf.tensor2d(positions, [size, length], 'int32'),
    mask: tf.tensor4d(mask, [size, 1, 1, length]),
  };
}

/** Linear layer by module name. @param x (…, in) @returns (…, out) */
function dense(weights: TensorRecord, module: string, x: tf.Tensor): tf.Tensor {
  return linear(x, tensorOf(weights, `${module}.weight`), tensorOf(weights, `${module}.bias`));
}

function norm(config: RobertaConfig, weights: TensorRecord, module: string, x: tf.Tensor): tf.Tensor {
  const weight = tensorOf(weights, `${module}.weight`);
  return layerNorm(x, weight, tensorOf(weights, `${module}.bias`), config.layerNormEps);
}

/** Sum of word, position and token-type embeddings, normalised. @returns (B, T, D) */
function robertaEmbeddings(
  config: RobertaConfig,
  weights: TensorRecord,
  batch: RobertaBatch,
  pass?: DropoutPass,
): tf.Tensor {
  const name = 'roberta.embeddings';
  const words = embedding(
    tensorOf(weights, `${name}.word_embeddings.weight`),
    batch.inputIds,
    config.padTokenId,
  );
  const positions = embedding(
    tensorOf(weights, `${name}.position_embeddings.weight`),
    batch.positionIds,
    config.padTokenId,
  );
  const types = tf.slice(tensorOf(weights, `${name}.token_type_embeddings.weight`), [0, 0], [1, -1]); // (1, D)
  const sum = tf.add(tf.add(words, positions), types); // (B, T, D)
  const normalised = norm(config, weights, `${name}.LayerNorm`, sum);
  return pass ? dropout(normalised, pass.hidden, hashKey(pass.key, 0)) : normalised;
}

/** One encoder block. @param x (B, T, D) @returns (B, T, D), or (B, 1, D) for the first token only */
function robertaBlock(
  config: RobertaConfig,
  weights: TensorRecord,
  index: number,
  x: tf.Tensor,
  mask: tf.Tensor,
  { adapt, adaptSublayer = (_module, y) => y, dropout: pass }: EncoderOptions,
  firstTokenOnly: boolean,
): tf.Tensor {
  const block = `roberta.encoder.layer.${index}`;
  const key = (site: number) => hashKey(pass?.key ?? 0, index + 1, site);
  const project = (module: string, input: tf.Tensor) => {
    const output = dense(weights, module, input);
    return adapt ? adapt(module, input, output) : output;
  };
  const drop = (y: tf.Tensor, site: number) => (pass ? dropout(y, pass.hidden, key(site)) : y);

  const asking = firstTokenOnly ? tf.slice(x, [0, 0, 0], [-1, 1, -1]) : x; // (B, T or 1, D)
  const context = attention(
    project(`${block}.attention.self.query`, asking),
    project(`${block}.attention.self.key`, x),
    project(`${block}.attention.self.value`, x),
    mask,
    { heads: config.heads, dropoutRate: pass?.attention ?? 0, dropoutKey: key(0) },
  );
  /** The end of a sub-layer: dense, dropout, adapter. */
  const close = (module: string, input: tf.Tensor, site: number) =>
    adaptSublayer(module, drop(dense(weights, module, input), site));
  const attended = close(`${block}.attention.output.dense`, context, 1);
  const middle = norm(config, weights, `${block}.attention.output.LayerNorm`, tf.add(attended, asking));

  const wide = gelu(dense(weights, `${block}.intermediate.dense`, middle)); // (B, T, 4D)
  const narrow = close(`${block}.output.dense`, wide, 2);
  return norm(config, weights, `${block}.output.LayerNorm`, tf.add(narrow, middle));
}

/**
 * Embedding output and the output of every block, as Hugging Face's `hidden_states`.
 * @returns layers + 1 tensors, each (B, T, D)
 */
export function robertaHiddenStates(
  config: RobertaConfig,
  weights: TensorRecord,
  batch: RobertaBatch,
  options: EncoderOptions = {},
): tf.Tensor[] {
  const states = [robertaEmbeddings(config, weights, batch, options.dropout)];
  for (let index = 0; index < config.layers; index++) {
    const isLast = index === config.layers - 1;
    const x = states[index] as tf.Tensor;
    states.push(
      robertaBlock(config, weights, index, x, batch.mask, options, isLast && options.firstTokenOnly === true),
    );
  }
  return states;
}

/** Head on `<s>`: dropout, dense, tanh, dropout, out_proj. @param hidden (B, T, D) @returns (B, C) */
function classificationHead(weights: TensorRecord, hidden: tf.Tensor, pass?: DropoutPass): tf.Tensor2D {
  const [batch, , width] = hidden.shape as [number, number, number];
  const first = tf.reshape(tf.slice(hidden, [0, 0, 0], [-1, 1, -1]), [batch, width]); // (B, D)
  const drop = (y: tf.Tensor, site: number) =>
    pass ? dropout(y, pass.head, hashKey(pass.key, 0x68, site)) : y;
  const pooled = tanh(dense(weights, 'classifier.dense', drop(first, 0)));
  return dense(weights, 'classifier.out_proj', drop(pooled, 1)) as tf.Tensor2D;
}

/** Logits of RobertaForTokenClassification: dropout, linear on every token. @returns (B·T, C) */
export function tokenLogits(
  config: RobertaConfig,
  weights: TensorRecord,
  batch: RobertaBatch,
  options: ForwardOptions = {},
): tf.Tensor2D {
  const states = robertaHiddenStates(config, weights, batch, options);
  const rows = tf.reshape(states[config.layers] as tf.Tensor, [-1, config.hiddenSize]); // (B·T, D)
  const pass = options.dropout;
  const dropped = pass ? dropout(rows, pass.head, hashKey(pass.key, 0x68, 0)) : rows;
  return dense(weights, 'classifier', dropped) as tf.Tensor2D;
}

/** Logits of RobertaForSequenceClassification. @returns (B, C) */
export function sequenceLogits(
  config: RobertaConfig,
  weights: TensorRecord,
  batch: RobertaBatch,
  options: EncoderOptions = {},
): tf.Tensor2D {
  const states = robertaHiddenStates(config, weights, batch, { ...options, firstTokenOnly: true });
  return classificationHead(weights, states[config.layers] as tf.Tensor, options.dropout);
}

/**
 * Logits of RobertaForMaskedLM at chosen positions; the decoder is the word embedding.
 * @param positions (M), int32: indices into the B·T rows
 * @returns (M, V)
 */
export function maskedLanguageLogits(
  config: RobertaConfig,
  weights: TensorRecord,
  batch: RobertaBatch,
  positions: tf.Tensor1D,
  options: EncoderOptions = {},
): tf.Tensor2D {
  const states = robertaHiddenStates(config, weights, batch, options);
  const hidden = tf.reshape(states[config.layers] as tf.Tensor, [-1, config.hiddenSize]);
  const chosen = embedding(hidden, positions); // (M, D)
  const transformed = norm(
    config,
    weights,
    'lm_head.layer_norm',
    gelu(dense(weights, 'lm_head.dense', chosen)),
  );
  const table = tensorOf(weights, 'roberta.embeddings.word_embeddings.weight');
  return linear(transformed, table, tensorOf(weights, 'lm_head.bias')) as tf.Tensor2D;
}
