/**
 * Masked-language-model pretraining (Liu et al. 2019) with this engine: a share of the tokens is predicted, of which
 * 80 % are masked, 10 % replaced and 10 % left; masks are drawn anew at every step. One pull is one step, and every
 * draw is keyed by the step, so that weights, moments and the step are all there is to save.
 */
import * as tf from '@tensorflow/tfjs';
import { expectedTensors } from '../model/checkpoint';
import { randomWeight } from '../model/classifier';
import type { RobertaConfig } from '../model/config';
import { disposeRobertaBatch, maskedLanguageLogits, robertaBatch } from '../model/roberta';
import { ADAM_DEFAULTS, type AdamState, adamInit, adamUpdate } from '../optim/adamw';
import { clipByGlobalNorm } from '../optim/clip';
import { learningRateAt } from '../optim/schedule';
import { RandomStream } from '../random/stream';
import { collate, type EncodedExample } from '../tasks/batches';
import { crossEntropy } from '../tensor/ops';
import { disposeRecord, keepRecord, type TensorRecord, valueAndGradients } from '../tensor/records';
import type { Tokenizer } from '../tokenizer/tokenizer';

export interface PretrainingOptions {
  /** Steps of each rise and fall of the learning rate, one after the other (warm restarts, Loshchilov & Hutter 2017). */
  cycles: number[];
  batchSize: number;
  learningRate: number;
  warmupFraction: number;
  weightDecay: number;
  clipNorm: number;
  /** Share of tokens to predict: RoBERTa takes 0.15; more teaches faster in short lines (Wettig et al. 2023). */
  maskFraction: number;
  /** Steps on the plain rows alone, before all rows: words first, then what turns them. */
  plainSteps: number;
  seed: number;
}

export interface PretrainingState {
  weights: TensorRecord;
  adam: AdamState;
  step: number;
}

/** What happens to the tokens that are predicted. */
const MASKED = 0.8;
const REPLACED = 0.1;
/** Batches whose rows are sorted by length together, so that little is padded. */
const POOLED_BATCHES = 16;

/** Encoder, and the language-model head whose decoder is the word embedding. */
export function pretrainingTensors(config: RobertaConfig): Map<string, number[]> {
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

/**
 * Random weights, except that every residual branch starts at 0, so that each block starts as the identity: a deep
 * post-norm stack otherwise spends thousands of steps before attention carries anything (cf. ReZero, T-Fixup).
 */
export function pretrainingInit(config: RobertaConfig, seed: number): PretrainingState {
  const weights = Object.fromEntries(
    [...pretrainingTensors(config)].map(([name, shape], i) => [
      name,
      /\boutput\.dense\.weight$/.test(name)
        ? tf.zeros([...shape])
        : tf.tensor(randomWeight(name, shape, config, RandomStream.of(seed, 'weights', i)), shape),
    ]),
  );
  return { weights, adam: adamInit(weights), step: 0 };
}

/** Rows of step `step`: each epoch is one permutation, cut into pools that are sorted by length. */
export function rowsOfStep(
  rows: readonly EncodedExample[],
  { batchSize, seed }: PretrainingOptions,
  step: number,
): EncodedExample[] {
  const perEpoch = Math.max(1, Math.floor(rows.length / batchSize));
  const epoch = Math.floor(step / perEpoch);
  const inEpoch = step % perEpoch;
  const pool = Math.floor(inEpoch / POOLED_BATCHES);
  const order = RandomStream.of(seed, 'shuffle', epoch).permutation(rows.length);
  const start = pool * POOLED_BATCHES * batchSize;
  const end = Math.min(start + POOLED_BATCHES * batchSize, perEpoch * batchSize);
  const pooled = [...order.subarray(start, end)].map((i) => rows[i] as EncodedExample);
  pooled.sort((a, b) => a.ids.length - b.ids.length);
  const turns = RandomStream.of(seed, 'shuffle', epoch, pool + 1).permutation((end - start) / batchSize);
  const turn = turns[inEpoch % POOLED_BATCHES] as number;
  return pooled.slice(turn * batchSize, (turn + 1) * batchSize);
}

interface MaskedBatch {
  inputIds: Int32Array;
  attentionMask: Int32Array;
  size: number;
  length: number;
  /** Indices into the B·T tokens, and what stood there. */
  positions: Int32Array;
  targets: Int32Array;
}

/** Share of held-out tokens that are predicted. */
const HELD_OUT_FRACTION = 0.15;

/** Hides tokens as RoBERTa does; special tokens and padding are never predicted. At least one position is. */
export function maskTokens(
  rows: readonly EncodedExample[],
  tokenizer: Tokenizer,
  random: RandomStream,
  fraction: number,
): MaskedBatch {
  const { inputIds, attentionMask, size, length } = collate(rows, tokenizer.padId);
  const special = new Set([tokenizer.padId, tokenizer.bosId, tokenizer.eosId]);
  const positions: number[] = [];
  const targets: number[] = [];
  const candidates = [...inputIds.keys()].filter((i) => !special.has(inputIds[i] as number));
  for (const i of candidates) {
    const last = i === candidates[candidates.length - 1];
    if (random.uniform() >= fraction && !(last && positions.length === 0)) continue;
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

function lossOf(
  config: RobertaConfig,
  masked: MaskedBatch,
): { loss: (weights: TensorRecord) => tf.Scalar; free(): void } {
  const batch = robertaBatch(masked, config.padTokenId);
  const positions = tf.tensor1d(masked.positions, 'int32');
  const targets = tf.tensor1d(masked.targets, 'int32');
  return {
    loss: (weights) => crossEntropy(maskedLanguageLogits(config, weights, batch, positions), targets),
    free: () => {
      disposeRobertaBatch(batch);
      tf.dispose([positions, targets]);
    },
  };
}

export interface PretrainingReport {
  step: number;
  loss: number;
  learningRate: number;
}

export const totalSteps = ({ cycles }: PretrainingOptions): number =>
  cycles.reduce((sum, steps) => sum + steps, 0);

/** Rate of step `step`: linear warm-up and decay within its cycle. */
export function cyclicLearningRate(step: number, options: PretrainingOptions): number {
  let inCycle = step;
  for (const steps of options.cycles) {
    if (inCycle < steps) return learningRateAt(inCycle, { kind: 'linear', steps, ...options });
    inCycle -= steps;
  }
  return 0;
}

/** What is read: `plain` rows in the first steps, then all. */
export interface Curriculum {
  plain: readonly EncodedExample[];
  all: readonly EncodedExample[];
}

/** Steps from `state.step` to the end of the last cycle; `state` always holds what the last pull left. */
export async function* pretrain(
  config: RobertaConfig,
  state: PretrainingState,
  rows: Curriculum,
  tokenizer: Tokenizer,
  options: PretrainingOptions,
): AsyncGenerator<PretrainingReport> {
  while (state.step < totalSteps(options)) {
    const random = RandomStream.of(options.seed, 'mask', state.step);
    const stage = state.step < options.plainSteps ? rows.plain : rows.all;
    const { loss, free } = lossOf(
      config,
      maskTokens(rowsOfStep(stage, options, state.step), tokenizer, random, options.maskFraction),
    );
    const learningRate = cyclicLearningRate(state.step, options);
    const value = tf.tidy(() => {
      const pass = valueAndGradients(() => loss(state.weights), { weights: state.weights });
      const gradients = clipByGlobalNorm(pass.gradients.weights, options.clipNorm);
      const next = adamUpdate(state.weights, gradients, state.adam, learningRate, {
        ...ADAM_DEFAULTS,
        beta2: 0.98,
        weightDecay: options.weightDecay,
      });
      for (const record of [state.weights, state.adam.mean, state.adam.square]) disposeRecord(record);
      for (const record of [next.weights, next.state.mean, next.state.square]) keepRecord(record);
      state.weights = next.weights;
      state.adam = next.state;
      return pass.value;
    });
    free();
    state.step += 1;
    const [loss0] = await value.data();
    value.dispose();
    yield { step: state.step, loss: loss0 as number, learningRate };
  }
}

/** Mean loss per predicted token over held-out rows, masked by a fixed stream; perplexity is its exponential. */
export async function heldOutLoss(
  config: RobertaConfig,
  weights: TensorRecord,
  rows: readonly EncodedExample[],
  tokenizer: Tokenizer,
  batchSize = 64,
): Promise<number> {
  let total = 0;
  let count = 0;
  for (let start = 0; start < rows.length; start += batchSize) {
    const masked = maskTokens(
      rows.slice(start, start + batchSize),
      tokenizer,
      RandomStream.of(0, 'mask', start),
      HELD_OUT_FRACTION,
    );
    const { loss, free } = lossOf(config, masked);
    const value = tf.tidy(() => loss(weights));
    const [mean] = await value.data();
    value.dispose();
    free();
    total += (mean as number) * masked.targets.length;
    count += masked.targets.length;
  }
  return total / count;
}
