/** Single-level training by one method: AutoLoRA's retraining, the LoRA baseline, every other method; one pull is one step. */
import * as tf from '@tensorflow/tfjs';
import { weightStep } from '../bilevel/steps';
import { type FinetuningMethod, type MethodState, type TrainedModel, trainedModel } from '../methods/method';
import { createMethod } from '../methods/registry';
import { type DeviceBatch, disposeDeviceBatch, initHead, toDevice } from '../model/taskModel';
import { ADAM_DEFAULTS, type AdamState, adamInit } from '../optim/adamw';
import { learningRateAt } from '../optim/schedule';
import { type BatchPosition, BatchSampler } from '../tasks/batches';
import type { LayerRank, PhaseCost, Role, TelemetryEvent, TrainEvent } from '../telemetry/events';
import {
  allOrNothing,
  disposeRecord,
  keepRecord,
  type TensorRecord,
  valueAndGradients,
} from '../tensor/records';
import { lossOn, STREAMS } from './batchLoss';
import type { ExperimentContext } from './context';
import { CostMeter } from './cost';
import { LossMeter, readWithMeters } from './lossMeter';
import { StepClock } from './stepClock';
import { undoOnFailure } from './undoOnFailure';

/** The part of a training that is not tensors. */
export interface SavedTraining {
  role: Role;
  /** Ranks that were given; those at the end may be others. */
  ranks: LayerRank[];
  step: number;
  adamStep: number;
  position: BatchPosition;
  losses: number[];
  /** Absent in runs that an earlier version saved. */
  cost?: PhaseCost;
  /** Ranks after the last pruning that was read. */
  pruned?: LayerRank[];
}

/** What is trained. */
interface Trainee {
  role: Role;
  /** Ranks that were given. */
  ranks: LayerRank[];
  method: FinetuningMethod;
}

/** The tensors that a training begins or goes on with, and the rest of it where it goes on. */
interface TrainingStart {
  weights: TensorRecord;
  adam: AdamState;
  state: MethodState;
  saved?: SavedTraining;
}

export class TrainingRun {
  readonly role: Role;
  readonly cost: CostMeter;
  weights: TensorRecord;
  step: number;
  private adam: AdamState;
  private state: MethodState;
  private readonly givenRanks: LayerRank[];
  private readonly method: FinetuningMethod;
  private readonly sampler: BatchSampler;
  private readonly meter: LossMeter;
  private readonly clock = new StepClock();
  /** Ranks after the last pruning that was read. */
  private pruned: LayerRank[] | undefined;
  /** Whether the ranks after the present step's pruning are to be read and are not yet, for all that is known. */
  private areRanksOwed: boolean;

  private constructor(
    private readonly context: ExperimentContext,
    { role, ranks, method }: Trainee,
    { weights, adam, state, saved }: TrainingStart,
  ) {
    const { config, tokenizer, train } = context;
    this.role = role;
    this.givenRanks = ranks;
    this.method = method;
    this.weights = weights;
    this.adam = adam;
    this.state = state;
    this.step = saved?.step ?? 0;
    this.cost = new CostMeter(saved?.cost);
    this.sampler = new BatchSampler(
      train,
      {
        batchSize: config.retrain.batchSize,
        padId: tokenizer.padId,
        seed: config.seed,
        stream: STREAMS.retrain,
      },
      saved?.position,
    );
    this.meter = new LossMeter(saved?.losses);
    this.pruned = saved?.pruned;
    this.areRanksOwed = this.isLastPruning;
  }

  /**
   * The method's fresh tensors and the head's starting values.
   * @param start taken over instead of fresh weights
   */
  static begin(
    context: ExperimentContext,
    role: Role,
    ranks: LayerRank[],
    start?: TensorRecord,
  ): TrainingRun {
    const method = methodOf(context, role, ranks);
    const begun = allOrNothing(() => {
      const weights = start ?? { ...method.init(context.config.seed), ...initHead(context.model) };
      return { weights, state: method.initState?.(weights) ?? {}, adam: adamInit(weights) };
    });
    return new TrainingRun(context, { role, ranks, method }, begun);
  }

  static resume(
    context: ExperimentContext,
    saved: SavedTraining,
    groups: Record<string, TensorRecord>,
  ): TrainingRun {
    const { weights = {}, mean = {}, square = {}, ...state } = groups;
    const adam = { step: saved.adamStep, mean, square };
    const { role, ranks } = saved;
    const method = methodOf(context, role, ranks);
    return new TrainingRun(context, { role, ranks, method }, { weights, adam, state, saved });
  }

  /** Recent milliseconds per step. */
  get stepMs(): number {
    return this.clock.stepMs;
  }

  /** The model as it stands. */
  get model(): TrainedModel {
    return trainedModel(this.method, this.weights);
  }

  /** Rank of every layer as it stands. */
  ranks(): Promise<LayerRank[]> {
    return this.method.ranks(this.weights);
  }

  /** Every tensor by group, for a snapshot. */
  get tensors(): Record<string, TensorRecord> {
    return { weights: this.weights, mean: this.adam.mean, square: this.adam.square, ...this.state };
  }

  async save(): Promise<SavedTraining> {
    await readWithMeters([this.meter], []);
    return {
      role: this.role,
      ranks: this.givenRanks,
      step: this.step,
      adamStep: this.adam.step,
      position: this.sampler.position,
      losses: [...this.meter.numbers],
      cost: this.cost.total,
      ...(this.pruned && { pruned: this.pruned }),
    };
  }

  async *steps(): AsyncGenerator<TelemetryEvent[], void, undefined> {
    const { retrain } = this.context.config;
    while (this.step < retrain.steps || this.areRanksOwed || this.isReportOwed) {
      if (!this.areRanksOwed && !this.isReportOwed) {
        this.takeStep();
        this.areRanksOwed = this.isLastPruning;
      }
      if (this.areRanksOwed) this.pruned = await this.clock.waitingFor(this.ranks());
      this.areRanksOwed = false;
      yield this.isReportOwed ? [await this.report()] : [];
    }
  }

  /** Whether this step is to be reported and is not yet: reading it back failed. */
  private get isReportOwed(): boolean {
    return this.step === this.nextReport && !this.meter.isEmpty;
  }

  /** The step that is reported next, the present one included. */
  private get nextReport(): number {
    const { retrain, reportEvery } = this.context.config;
    return Math.min(retrain.steps, Math.ceil(this.step / reportEvery) * reportEvery);
  }

  /** True where the step ended with the last pruning before a report: ranks are read at most once for each. */
  private get isLastPruning(): boolean {
    const prunes = (step: number) => this.method.prunesAfter?.(step) ?? false;
    if (!prunes(this.step)) return false;
    for (let later = this.step + 1; later <= this.nextReport; later++) if (prunes(later)) return false;
    return true;
  }

  /** Rate of step `step`, from 0. */
  private rateOf(step: number): number {
    const { schedule, learningRate, steps, warmupFraction } = this.context.config.retrain;
    return learningRateAt(step, { kind: schedule, learningRate, steps, warmupFraction });
  }

  private takeStep(): void {
    this.clock.begin();
    const { context, method, cost } = this;
    const { retrain } = context.config;
    const learningRate = this.rateOf(this.step);
    const { rateFactor } = method;
    let taskLoss: tf.Scalar | undefined;
    const step = (rows: DeviceBatch) => {
      const loss = lossOn(context, (weights, _beta, dropout) => method.hooks(weights, dropout), rows, {
        dropout: retrain.dropout,
        stream: 'retrain',
        step: this.step,
        cost,
      });
      const pass = valueAndGradients(
        () => {
          // What is reported is the task's loss, so that methods with a penalty compare with those without.
          taskLoss = tf.keep(loss(this.weights, {}));
          const penalty = method.penalty?.(this.weights);
          return penalty ? (tf.add(taskLoss, penalty) as tf.Scalar) : taskLoss;
        },
        { weights: this.weights },
      );
      const gradients = pass.gradients.weights;
      const stepped = weightStep(this.weights, this.adam, gradients, {
        clipNorm: retrain.clipNorm,
        weightAdam: { ...ADAM_DEFAULTS, weightDecay: retrain.weightDecay },
        weightLearningRate: rateFactor ? (name) => learningRate * rateFactor(name) : learningRate,
      });
      const { gradientScale } = stepped;
      const taken = { weights: stepped.weights, gradients, gradientScale, state: this.state };
      const next = method.afterStep?.({ ...taken, step: this.step + 1, learningRate }) ?? taken;
      const replaced = Object.values(this.tensors);
      this.weights = next.weights;
      this.state = next.state;
      this.adam = stepped.state;
      const after = Object.values(this.tensors);
      for (const record of after) keepRecord(record);
      const kept = new Set(after.flatMap((record) => Object.values(record)));
      for (const tensor of replaced.flatMap((record) => Object.values(record)))
        if (!kept.has(tensor)) tensor.dispose();
      this.meter.add(taskLoss as tf.Scalar);
    };
    const draw = () => {
      const rows = this.sampler.next();
      cost.drawn(rows);
      return toDevice(context.model, rows);
    };
    undoOnFailure(
      () => {
        const batch = draw();
        try {
          tf.tidy(() => step(batch));
        } finally {
          disposeDeviceBatch(batch);
        }
      },
      { samplers: [this.sampler], cost, release: () => taskLoss?.dispose() },
    );
    this.step += 1;
    cost.step();
    this.clock.end();
  }

  private async report(): Promise<TrainEvent> {
    this.clock.begin();
    await readWithMeters([this.meter], []);
    const stepMs = this.clock.lap();
    return {
      type: 'train',
      role: this.role,
      step: this.step,
      trainLoss: this.meter.takeMean(),
      learningRate: this.rateOf(this.step - 1),
      stepMs,
      ...(this.pruned && { ranks: this.pruned }),
    };
  }

  /** Frees all but the trained weights, which stay with the caller. */
  finish(): TrainedMethod {
    const { weights, ...rest } = this.tensors;
    Object.values(rest).forEach(disposeRecord);
    this.meter.dispose();
    return { method: this.method, weights: weights ?? {} };
  }

  dispose(): void {
    disposeRecord(this.finish().weights);
  }
}

/** A finished training. */
export interface TrainedMethod {
  method: FinetuningMethod;
  weights: TensorRecord;
}

/** @param ranks for the methods whose ranks are given */
export function methodOf(
  { config, model, imported }: ExperimentContext,
  role: Role,
  ranks: readonly LayerRank[],
): FinetuningMethod {
  return createMethod(role, { config, model, ranks, scalings: imported?.scalings });
}
