/** What a search differentiates: its layers, its two losses on a pair of batches, and the options of its steps. */
import * as tf from '@tensorflow/tfjs';
import { adaptWithLora, type LoraLayer, loraLayers, mergeLora } from '../adapters/lora';
import { selectionWeights } from '../adapters/selection';
import type { BilevelLoss } from '../bilevel/hypergradient/estimator';
import type { BilevelState, BilevelStepOptions } from '../bilevel/steps';
import type { TrainedModel } from '../methods/method';
import { type DeviceBatch, disposeDeviceBatch } from '../model/taskModel';
import { ADAM_DEFAULTS } from '../optim/adamw';
import { learningRateAt } from '../optim/schedule';
import { type BatchPosition, BatchSampler } from '../tasks/batches';
import type { StepHalf } from '../telemetry/events';
import type { TensorRecord } from '../tensor/records';
import { type HooksUnder, lossOn, STREAMS } from './batchLoss';
import type { ExperimentContext } from './context';
import type { CostMeter } from './cost';

/** D_tr and D_val as a search draws from them. */
type SearchSet = 'searchTrain' | 'searchValidation';

/** Batches of one step, on the device; a step of W alone has no validation batch. */
export interface StepBatches {
  train: DeviceBatch;
  validation?: DeviceBatch;
}

export function disposeStepBatches({ train, validation }: Partial<StepBatches>): void {
  if (train) disposeDeviceBatch(train);
  if (validation) disposeDeviceBatch(validation);
}

/** Every target at rank k with s = lora_alpha / k. */
export function searchLayers(context: ExperimentContext): LoraLayer[] {
  const { rank, loraAlpha } = context.config.adapter;
  return loraLayers(
    context.model.config,
    () => rank,
    (k) => loraAlpha / k,
  );
}

export class SearchProblem {
  readonly layers: LoraLayer[];

  constructor(readonly context: ExperimentContext) {
    this.layers = searchLayers(context);
  }

  sampler(set: SearchSet, position?: BatchPosition): BatchSampler {
    const { config, tokenizer } = this.context;
    const options = {
      batchSize: config.search.batchSize,
      padId: tokenizer.padId,
      seed: config.seed,
      stream: STREAMS[set],
    };
    return new BatchSampler(this.context[set], options, position);
  }

  /** The model under W and β, to be asked about a text. */
  model(weights: TensorRecord, beta: TensorRecord): TrainedModel {
    const { selection } = this.context.config.adapter;
    return {
      weights,
      hooks: () => this.hooksUnder(weights, beta, undefined),
      merge: (frozen) =>
        tf.tidy(() =>
          mergeLora(frozen, this.layers, { weights, selection: selectionWeights(beta, selection) }),
        ),
    };
  }

  private readonly hooksUnder: HooksUnder = (weights, beta, dropout) => {
    const selection = selectionWeights(beta, this.context.config.adapter.selection);
    return { adapt: adaptWithLora(this.layers, { weights, selection, dropout }) };
  };

  /**
   * What `bilevelStep` and `hypergradientInputOf` take.
   * @param step from 0
   * @param cost counts the passes
   */
  at(
    state: BilevelState,
    { train, validation }: StepBatches,
    { step, half, cost }: { step: number; half: StepHalf; cost: CostMeter },
  ): [BilevelState, BilevelLoss, BilevelLoss, BilevelStepOptions] {
    const { dropout } = this.context.config.search;
    const lossOf = (batch: DeviceBatch, stream: SearchSet) =>
      lossOn(this.context, this.hooksUnder, batch, { dropout, stream, step, cost });
    return [
      state,
      lossOf(train, 'searchTrain'),
      lossOf(validation ?? train, 'searchValidation'),
      this.stepOptions(step, half),
    ];
  }

  private stepOptions(step: number, half: StepHalf): BilevelStepOptions {
    const { search, hypergradient } = this.context.config;
    return {
      hypergradient,
      weightAdam: { ...ADAM_DEFAULTS, weightDecay: search.weightDecay },
      betaAdam: { ...ADAM_DEFAULTS, beta1: search.betaAdamBeta1, weightDecay: search.betaWeightDecay },
      weightLearningRate: this.rateOf(step),
      betaLearningRate: search.betaLearningRate,
      clipNorm: search.clipNorm,
      rollback: hypergradient.rollback,
      half,
    };
  }

  /** Rate of step `step`, from 0. */
  rateOf(step: number): number {
    const { schedule, learningRate, steps, warmupFraction } = this.context.config.search;
    return learningRateAt(step, { kind: schedule, learningRate, steps, warmupFraction });
  }
}
