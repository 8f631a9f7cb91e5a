/**
 * One iteration of Algorithm 1 as a function of its state: W takes an AdamW step on the train batch, β one on the
 * validation batch along the hypergradient. Either half can be taken alone.
 */
import * as tf from '@tensorflow/tfjs';
import { type AdamOptions, type AdamState, adamInit, adamUpdate } from '../optim/adamw';
import { clipFactor } from '../optim/clip';
import type { StepHalf } from '../telemetry/events';
import { disposeRecord, keepRecord, type TensorRecord, valueAndGradients } from '../tensor/records';
import { type HypergradientInput, type HypergradientOptions, hypergradient } from './hypergradient';
import type { BilevelLoss } from './hypergradient/estimator';

/** Everything that changes during a search. Owned by the caller; `disposeBilevelState` frees it. */
export interface BilevelState {
  weights: TensorRecord;
  beta: TensorRecord;
  weightAdam: AdamState;
  betaAdam: AdamState;
}

export interface BilevelStepOptions {
  hypergradient: HypergradientOptions;
  weightAdam: AdamOptions;
  betaAdam: AdamOptions;
  weightLearningRate: number;
  betaLearningRate: number;
  /** Global norm at which W's gradient is clipped; 0 for never. */
  clipNorm: number;
  /** Redo the W step with the new β, as Betty's roll_back. */
  rollback: boolean;
  half: StepHalf;
}

export interface BilevelReport {
  trainLoss: tf.Scalar;
  /** L_V(W', β); with direct and implicit absent when β was left alone. */
  validationLoss?: tf.Scalar;
  direct?: TensorRecord;
  implicit?: TensorRecord;
}

/** What `hypergradient` is given by a step with these options at `state`. */
export function hypergradientInputOf(
  { weights, beta, weightAdam }: BilevelState,
  trainLoss: BilevelLoss,
  validationLoss: BilevelLoss,
  options: BilevelStepOptions,
): HypergradientInput {
  return {
    weights,
    beta,
    trainLoss,
    validationLoss,
    options: options.hypergradient,
    adam: {
      state: weightAdam,
      options: options.weightAdam,
      learningRate: options.weightLearningRate,
      clipNorm: options.clipNorm,
    },
  };
}

/** Fresh moments around given weights and logits, which the state takes over. */
export function bilevelInit(weights: TensorRecord, beta: TensorRecord): BilevelState {
  return { weights, beta, weightAdam: adamInit(weights), betaAdam: adamInit(beta) };
}

const recordsOf = (state: BilevelState): TensorRecord[] => [
  state.weights,
  state.beta,
  state.weightAdam.mean,
  state.weightAdam.square,
  state.betaAdam.mean,
  state.betaAdam.square,
];

export function disposeBilevelState(state: BilevelState): void {
  for (const record of recordsOf(state)) disposeRecord(record);
}

/** Frees what `before` holds and `after` does not. */
export function disposeReplaced(before: BilevelState, after: BilevelState): void {
  const kept = new Set(recordsOf(after).flatMap((record) => Object.values(record)));
  for (const record of recordsOf(before)) {
    for (const tensor of Object.values(record)) if (!kept.has(tensor)) tensor.dispose();
  }
}

/**
 * One AdamW step on a plain loss: what search does to W, and all that retraining does.
 * @returns also what the gradients were multiplied by; undefined where nothing is clipped
 */
export function weightStep(
  weights: TensorRecord,
  adam: AdamState,
  gradients: TensorRecord,
  options: Pick<BilevelStepOptions, 'clipNorm' | 'weightAdam'> & {
    /** One for all tensors, or by name. */
    weightLearningRate: number | ((name: string) => number);
  },
): { weights: TensorRecord; state: AdamState; gradientScale: tf.Scalar | undefined } {
  const gradientScale = clipFactor(gradients, options.clipNorm);
  const rate = options.weightLearningRate;
  const stepped = adamUpdate(weights, gradients, adam, rate, options.weightAdam, gradientScale);
  return { ...stepped, gradientScale };
}

/**
 * One iteration. Returns a new state and the numbers of this step, still on the device; both outlive the call and
 * are the caller's to dispose. `state` is untouched; `disposeReplaced` frees what it alone holds.
 */
export function bilevelStep(
  state: BilevelState,
  trainLoss: BilevelLoss,
  validationLoss: BilevelLoss,
  options: BilevelStepOptions,
): { state: BilevelState; report: BilevelReport } {
  let next = state;
  const report: Partial<BilevelReport> = {};
  tf.tidy(() => {
    const { weights, beta, weightAdam, betaAdam } = state;
    let gradients: TensorRecord | undefined;
    let newBeta = beta;
    if (options.half !== 'weights') {
      const hyper = hypergradient(hypergradientInputOf(state, trainLoss, validationLoss, options));
      const stepped = adamUpdate(beta, hyper.total, betaAdam, options.betaLearningRate, options.betaAdam);
      newBeta = stepped.weights;
      next = { ...next, beta: newBeta, betaAdam: stepped.state };
      gradients = options.rollback ? undefined : hyper.gradients;
      report.trainLoss = hyper.trainLoss;
      report.validationLoss = hyper.validationLoss;
      report.direct = hyper.direct;
      report.implicit = hyper.implicit;
    }
    if (options.half !== 'selection') {
      if (!gradients) {
        const pass = valueAndGradients(() => trainLoss(weights, newBeta), { weights });
        gradients = pass.gradients.weights;
        report.trainLoss = pass.value;
      }
      const stepped = weightStep(weights, weightAdam, gradients, options);
      next = { ...next, weights: stepped.weights, weightAdam: stepped.state };
    }
    for (const record of recordsOf(next)) keepRecord(record);
    for (const kept of [report.direct, report.implicit]) if (kept) keepRecord(kept);
    for (const kept of [report.trainLoss, report.validationLoss]) if (kept) tf.keep(kept);
  });
  return { state: next, report: report as BilevelReport };
}

export function disposeReport(report: BilevelReport): void {
  report.trainLoss.dispose();
  report.validationLoss?.dispose();
  for (const record of [report.direct, report.implicit]) if (record) disposeRecord(record);
}
