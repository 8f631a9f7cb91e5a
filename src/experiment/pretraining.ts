/**
 * Pretraining with this engine: RoBERTa on masked tokens, GPT-2 on the next one. One pull is one step, and every draw is
 * keyed by the step, so that weights, moments and the step are all there is to save.
 */
import * as tf from '@tensorflow/tfjs';
import type { ModelConfig } from '../model/config';
import { randomWeight } from '../model/randomWeights';
import { ADAM_DEFAULTS, type AdamState, adamInit, adamUpdate } from '../optim/adamw';
import { clipFactor } from '../optim/clip';
import { learningRateAt } from '../optim/schedule';
import { RandomStream } from '../random/stream';
import type { EncodedExample } from '../tasks/encoding';
import { disposeRecord, keepRecord, type TensorRecord, valueAndGradients } from '../tensor/records';
import type { Tokenizer } from '../tokenizer/tokenizer';
import { languageBatch, pretrainingTensors } from './pretrainingLoss';

export interface PretrainingOptions {
  /** Steps of each rise and fall of the learning rate, one after the other (warm restarts, Loshchilov & Hutter 2017). */
  cycles: number[];
  batchSize: number;
  learningRate: number;
  warmupFraction: number;
  weightDecay: number;
  clipNorm: number;
  /**
   * Share of tokens to mask: RoBERTa takes 0.15; more teaches faster in short lines (Wettig et al. 2023). GPT-2 predicts
   * every token.
   */
  maskFraction: number;
  /** Steps on the plain rows alone, before all rows: words first, then what turns them. */
  plainSteps: number;
  /** Words that RoBERTa always predicts in the last cycle, on rows that hold one (`Curriculum.last`); none where absent. */
  salient?: string[];
  /** Steps between two reports, whose loss is their mean; 1 where absent. */
  readEvery?: number;
  seed: number;
}

export interface PretrainingState {
  weights: TensorRecord;
  adam: AdamState;
  step: number;
}

/** Batches whose rows are sorted by length together, so that little is padded. */
const POOLED_BATCHES = 16;

/**
 * Random weights, except that every residual branch starts at 0, so that each block starts as the identity: a deep
 * post-norm stack otherwise spends thousands of steps before attention carries anything (cf. ReZero, T-Fixup).
 */
export function pretrainingInit(config: ModelConfig, seed: number): PretrainingState {
  const weights = Object.fromEntries(
    [...pretrainingTensors(config)].map(([name, shape], i) => [
      name,
      /\b(output\.dense|c_proj)\.weight$/.test(name)
        ? tf.zeros([...shape])
        : tf.tensor(randomWeight(name, shape, config, RandomStream.of(seed, 'weights', i)), shape),
    ]),
  );
  return { weights, adam: adamInit(weights), step: 0 };
}

/** The last order of a list of rows: drawing it anew at every step takes longer than the step on a GPU. */
const drawnOrders = new WeakMap<
  readonly EncodedExample[],
  { epoch: number; seed: number; order: Uint32Array }
>();
function orderOfEpoch(rows: readonly EncodedExample[], seed: number, epoch: number): Uint32Array {
  const known = drawnOrders.get(rows);
  if (known?.epoch === epoch && known.seed === seed) return known.order;
  const order = RandomStream.of(seed, 'shuffle', epoch).permutation(rows.length);
  drawnOrders.set(rows, { epoch, seed, order });
  return order;
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
  const order = orderOfEpoch(rows, seed, epoch);
  const start = pool * POOLED_BATCHES * batchSize;
  const end = Math.min(start + POOLED_BATCHES * batchSize, perEpoch * batchSize);
  const pooled = [...order.subarray(start, end)].map((i) => rows[i] as EncodedExample);
  pooled.sort((a, b) => a.ids.length - b.ids.length);
  const turns = RandomStream.of(seed, 'shuffle', epoch, pool + 1).permutation((end - start) / batchSize);
  const turn = turns[inEpoch % POOLED_BATCHES] as number;
  return pooled.slice(turn * batchSize, (turn + 1) * batchSize);
}

export interface PretrainingReport {
  step: number;
  /** Mean since the last report. */
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

/** What is read: `plain` rows in the first steps, then all, and `last` in the last cycle where there are salient words. */
export interface Curriculum {
  plain: readonly EncodedExample[];
  all: readonly EncodedExample[];
  last?: readonly EncodedExample[];
}

/** Tokens that a word is by itself, at a line's start and after a space, as it is and with a capital. */
export function wordTokens(words: readonly string[], tokenizer: Tokenizer): Set<number> {
  const spelled = words.flatMap((word) => {
    const capital = word.charAt(0).toUpperCase() + word.slice(1);
    return [word, ` ${word}`, capital, ` ${capital}`];
  });
  const ids = spelled.map((word) => tokenizer.encode(word, undefined, { addSpecialTokens: false }));
  return new Set(ids.flatMap((own) => (own.length === 1 ? own : [])));
}

/** Steps from `state.step` to the end of the last cycle; `state` always holds what the last pull left. */
export async function* pretrain(
  config: ModelConfig,
  state: PretrainingState,
  rows: Curriculum,
  tokenizer: Tokenizer,
  options: PretrainingOptions,
): AsyncGenerator<PretrainingReport> {
  const lastCycle = totalSteps(options) - (options.cycles.at(-1) ?? 0);
  const salient = wordTokens(options.salient ?? [], tokenizer);
  let unread: tf.Scalar[] = [];
  while (state.step < totalSteps(options)) {
    const random = RandomStream.of(options.seed, 'mask', state.step);
    const isLast = salient.size > 0 && rows.last !== undefined && state.step >= lastCycle;
    const later = isLast ? (rows.last ?? rows.all) : rows.all;
    const stage = state.step < options.plainSteps ? rows.plain : later;
    const drawn = rowsOfStep(stage, options, state.step);
    const { loss, free } = languageBatch(config, drawn, tokenizer, random, {
      maskFraction: options.maskFraction,
      salient: isLast ? salient : undefined,
      shift: true,
    });
    const learningRate = cyclicLearningRate(state.step, options);
    const value = tf.tidy(() => {
      const pass = valueAndGradients(() => loss(state.weights), { weights: state.weights });
      const gradients = pass.gradients.weights;
      const settings = { ...ADAM_DEFAULTS, beta2: 0.98, weightDecay: options.weightDecay };
      const scale = clipFactor(gradients, options.clipNorm);
      const next = adamUpdate(state.weights, gradients, state.adam, learningRate, settings, scale);
      for (const record of [state.weights, state.adam.mean, state.adam.square]) disposeRecord(record);
      for (const record of [next.weights, next.state.mean, next.state.square]) keepRecord(record);
      state.weights = next.weights;
      state.adam = next.state;
      return pass.value;
    });
    free();
    state.step += 1;
    unread.push(value);
    // A GPU works on while the next steps are queued; reading waits for it.
    if (unread.length < (options.readEvery ?? 1) && state.step < totalSteps(options)) continue;
    const losses = await Promise.all(unread.map((scalar) => scalar.data()));
    tf.dispose(unread);
    unread = [];
    const loss0 = losses.reduce((sum, [one]) => sum + (one as number), 0) / losses.length;
    yield { step: state.step, loss: loss0, learningRate };
  }
}

/** Share of held-out tokens that are masked. */
const HELD_OUT_FRACTION = 0.15;

/** Mean loss per predicted token over held-out rows, masked by a fixed stream; perplexity is its exponential. */
export async function heldOutLoss(
  config: ModelConfig,
  weights: TensorRecord,
  rows: readonly EncodedExample[],
  tokenizer: Tokenizer,
  batchSize = 64,
): Promise<number> {
  let total = 0;
  let count = 0;
  for (let start = 0; start < rows.length; start += batchSize) {
    const random = RandomStream.of(0, 'mask', start);
    const batch = languageBatch(config, rows.slice(start, start + batchSize), tokenizer, random, {
      maskFraction: HELD_OUT_FRACTION,
      shift: false,
    });
    const value = tf.tidy(() => batch.loss(weights));
    const [mean] = await value.data();
    value.dispose();
    batch.free();
    total += (mean as number) * batch.predicted;
    count += batch.predicted;
  }
  return total / count;
}
