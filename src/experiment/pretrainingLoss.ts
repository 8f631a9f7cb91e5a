/**
 * What pretraining minimises: for RoBERTa the cross-entropy of masked tokens (Liu et al. 2019: of those predicted, 80 %
 * are masked, 10 % replaced and 10 % left), for GPT-2 that of every next token.
 */
import * as tf from '@tensorflow/tfjs';
import type { ModelConfig } from '../model/config';
import { disposeTokenBatch, type TokenBatch } from '../model/forward';
import { gpt2Batch, languageLogits } from '../model/gpt2';
import { maskedLanguageLogits, robertaBatch } from '../model/roberta';
import { expectedTensors, type TensorShapes } from '../model/tensorShapes';
import type { RandomStream } from '../random/stream';
import { collate } from '../tasks/batches';
import type { EncodedExample } from '../tasks/encoding';
import { crossEntropy } from '../tensor/ops';
import type { TensorRecord } from '../tensor/records';
import type { Tokenizer } from '../tokenizer/tokenizer';

/** What happens to the tokens that are predicted. */
const MASKED = 0.8;
const REPLACED = 0.1;

/** All weights that are pretrained; a language-model head's decoder is the word embedding. */
export function pretrainingTensors(config: ModelConfig): TensorShapes {
  if (config.family === 'gpt2') return expectedTensors(config);
  const { hiddenSize: d, vocabSize } = config;
  return new Map([
    ...expectedTensors(config),
    ['lm_head.dense.weight', [d, d]],
    ['lm_head.dense.bias', [d]],
    ['lm_head.layer_norm.weight', [d]],
    ['lm_head.layer_norm.bias', [d]],
    ['lm_head.bias', [vocabSize]],
  ]);
}

/** Padded rows and what is to be predicted in them. */
interface PredictedBatch {
  /** (B, T) */
  inputIds: Int32Array;
  /** (B, T) */
  attentionMask: Int32Array;
  size: number;
  length: number;
  /** Indices into the B·T tokens whose state predicts, and the token that belongs there. */
  positions: Int32Array;
  targets: Int32Array;
}

/**
 * Hides tokens as RoBERTa does; special tokens and padding are never predicted. At least one position is.
 * @param salient tokens that are always predicted (salient span masking, Guu et al. 2020)
 */
export function maskTokens(
  rows: readonly EncodedExample[],
  tokenizer: Tokenizer,
  random: RandomStream,
  fraction: number,
  salient: ReadonlySet<number> = new Set(),
): PredictedBatch {
  const { inputIds, attentionMask, size, length } = collate(rows, tokenizer.padId);
  const special = new Set([tokenizer.padId, tokenizer.bosId, tokenizer.eosId]);
  const positions: number[] = [];
  const targets: number[] = [];
  const candidates = [...inputIds.keys()].filter((i) => !special.has(inputIds[i] as number));
  for (const i of candidates) {
    const last = i === candidates[candidates.length - 1];
    const isDrawn = random.uniform() < fraction || salient.has(inputIds[i] as number);
    if (!isDrawn && !(last && positions.length === 0)) continue;
    positions.push(i);
    targets.push(inputIds[i] as number);
    const fate = random.uniform();
    if (fate < MASKED) inputIds[i] = tokenizer.maskId as number;
    else if (fate < MASKED + REPLACED) inputIds[i] = random.below(tokenizer.vocabularySize);
  }
  return {
    inputIds,
    attentionMask,
    size,
    length,
    positions: Int32Array.from(positions),
    targets: Int32Array.from(targets),
  };
}

/** Every token but the first of a row is predicted by the one before it. */
export function nextTokens(rows: readonly EncodedExample[], padId: number): PredictedBatch {
  const { inputIds, attentionMask, size, length } = collate(rows, padId);
  const positions = [...inputIds.keys()].filter((i) => (i + 1) % length !== 0 && attentionMask[i + 1] === 1);
  return {
    inputIds,
    attentionMask,
    size,
    length,
    positions: Int32Array.from(positions),
    targets: Int32Array.from(positions, (i) => inputIds[i + 1] as number),
  };
}

export interface LanguageBatch {
  /** Mean cross-entropy over the predicted tokens. */
  loss(weights: TensorRecord): tf.Scalar;
  /** Number of predicted tokens. */
  predicted: number;
  free(): void;
}

/** A batch whose first token stands at `first` instead of 0. */
function shiftedBatch(drawn: PredictedBatch, first: number): TokenBatch {
  const batch = gpt2Batch(drawn);
  if (first === 0) return batch;
  batch.positionIds.dispose();
  const positions = Int32Array.from({ length: drawn.length }, (_, i) => first + i);
  return { ...batch, positionIds: tf.tensor1d(positions, 'int32') };
}

/**
 * Rows on the device with the loss of the model's family.
 * @param options.maskFraction of RoBERTa's tokens
 * @param options.salient tokens of RoBERTa's that are always masked
 * @param options.shift half of GPT-2's batches start at a random position: the lines are short, and records with their
 *   texts are not, so that otherwise the later positions would never be learnt
 */
export function languageBatch(
  config: ModelConfig,
  rows: readonly EncodedExample[],
  tokenizer: Tokenizer,
  random: RandomStream,
  { maskFraction, salient, shift }: { maskFraction: number; salient?: ReadonlySet<number>; shift: boolean },
): LanguageBatch {
  const drawn =
    config.family === 'gpt2'
      ? nextTokens(rows, tokenizer.padId)
      : maskTokens(rows, tokenizer, random, maskFraction, salient);
  const shifted = config.family === 'gpt2' && shift && random.uniform() < 0.5;
  const first = shifted ? random.below(config.maxPositions - drawn.length + 1) : 0;
  const batch =
    config.family === 'gpt2' ? shiftedBatch(drawn, first) : robertaBatch(drawn, config.padTokenId);
  const positions = tf.tensor1d(drawn.positions, 'int32');
  const targets = tf.tensor1d(drawn.targets, 'int32');
  const logits = (weights: TensorRecord) =>
    config.family === 'gpt2'
      ? languageLogits(config, weights, batch, positions)
      : maskedLanguageLogits(config, weights, batch, positions);
  return {
    loss: (weights) => crossEntropy(logits(weights), targets),
    predicted: drawn.targets.length,
    free: () => {
      disposeTokenBatch(batch);
      tf.dispose([positions, targets]);
    },
  };
}
