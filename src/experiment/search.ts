/** The search phase: bilevel steps over D_tr and D_val as an async generator; one pull is one step. */
import * as tf from '@tensorflow/tfjs';
import { adaptWithLora, initLora, type LoraLayer, loraLayers, mergeLora } from '../adapters/lora';
import { ranksOf } from '../adapters/rankRule';
import { initSelection, selectionWeights } from '../adapters/selection';
import type { HypergradientInput } from '../bilevel/hypergradient';
import type { BilevelLoss } from '../bilevel/hypergradient/estimator';
import { compareHypergradients, exactHypergradient, keptTerms, type Terms } from '../bilevel/inspection';
import {
  type BilevelState,
  type BilevelStepOptions,
  bilevelInit,
  bilevelStep,
  disposeBilevelState,
  disposeReplaced,
  hypergradientInputOf,
} from '../bilevel/steps';
import type { TrainedModel } from '../methods/method';
import {
  type DeviceBatch,
  disposeDeviceBatch,
  initHead,
  type LabelledRows,
  toDevice,
} from '../model/taskModel';
import { ADAM_DEFAULTS } from '../optim/adamw';
import { learningRateAt } from '../optim/schedule';
import type { Progress } from '../runtime/protocol';
import { type BatchPosition, BatchSampler } from '../tasks/batches';
import type {
  InspectionEvent,
  LayerSelection,
  PhaseCost,
  SearchEvent,
  TelemetryEvent,
} from '../telemetry/events';
import { disposeRecord, type TensorRecord, zerosLikeRecord } from '../tensor/records';
import { CostMeter } from './cost';
import { LossMeter, readWithMeters } from './lossMeter';
import { normOf, readSelections } from './searchReport';
import { type ExperimentSetting, type HooksUnder, lossOn, STREAMS, type Stream } from './setting';
import { type StableRanks, stoodStill, watched } from './stableRanks';
import { StepClock } from './stepClock';

/** The part of a search that is not tensors. */
export interface SavedSearch {
  step: number;
  weightAdamStep: number;
  betaAdamStep: number;
  trainPosition: BatchPosition;
  validationPosition: BatchPosition;
  trainLosses: number[];
  validationLosses: number[];
  /** Absent in runs that an earlier version saved. */
  cost?: PhaseCost;
  stable?: StableRanks;
}

/** For passes that look on and are no part of the method, so of its cost. */
const uncounted = () => new CostMeter();

export type SearchHalf = BilevelStepOptions['half'];

/** Last known terms of the hypergradient, by module. */
interface KnownTerms extends Terms {
  /** False until the first β step. */
  known: boolean;
}

export class SearchRun {
  readonly layers: LoraLayer[];
  readonly cost: CostMeter;
  private readonly train: BatchSampler;
  private readonly validation: BatchSampler;
  private readonly trainMeter: LossMeter;
  private readonly validationMeter: LossMeter;
  private readonly clock = new StepClock();
  private stable: StableRanks | undefined;

  private constructor(
    private readonly setting: ExperimentSetting,
    private state: BilevelState,
    private terms: KnownTerms,
    public step: number,
    saved?: SavedSearch,
  ) {
    this.layers = searchLayers(setting);
    this.cost = new CostMeter(saved?.cost);
    this.train = this.sampler('searchTrain', saved?.trainPosition);
    this.validation = this.sampler('searchValidation', saved?.validationPosition);
    this.trainMeter = new LossMeter(saved?.trainLosses);
    this.validationMeter = new LossMeter(saved?.validationLosses);
    this.stable = saved?.stable;
  }

  private sampler(half: 'searchTrain' | 'searchValidation', position?: BatchPosition): BatchSampler {
    const { config, tokenizer } = this.setting;
    const options = {
      batchSize: config.search.batchSize,
      padId: tokenizer.padId,
      seed: config.seed,
      stream: STREAMS[half],
    };
    return new BatchSampler(this.setting[half], options, position);
  }

  static begin(setting: ExperimentSetting): SearchRun {
    const layers = searchLayers(setting);
    const weights = { ...initLora(layers, setting.config.seed), ...initHead(setting.model) };
    const { selection, rankRule } = setting.config.adapter;
    const beta = initSelection(layers, selection, rankRule === 'raw-mean' ? 1 : 0);
    const terms = { direct: zerosLikeRecord(beta), implicit: zerosLikeRecord(beta), known: false };
    return new SearchRun(setting, bilevelInit(weights, beta), terms, 0);
  }

  /** Takes over the tensors, grouped as `tensors` gives them. */
  static resume(
    setting: ExperimentSetting,
    saved: SavedSearch,
    groups: Record<string, TensorRecord>,
  ): SearchRun {
    const group = (name: string) => groups[name] ?? {};
    const state: BilevelState = {
      weights: group('weights'),
      beta: group('beta'),
      weightAdam: { step: saved.weightAdamStep, mean: group('weightMean'), square: group('weightSquare') },
      betaAdam: { step: saved.betaAdamStep, mean: group('betaMean'), square: group('betaSquare') },
    };
    const terms = { direct: group('direct'), implicit: group('implicit'), known: saved.betaAdamStep > 0 };
    return new SearchRun(setting, state, terms, saved.step, saved);
  }

  /** Recent milliseconds per step. */
  get stepMs(): number {
    return this.clock.stepMs;
  }

  get weights(): TensorRecord {
    return this.state.weights;
  }

  get beta(): TensorRecord {
    return this.state.beta;
  }

  /** The model as it stands, to be asked about a text. */
  get model(): TrainedModel {
    const { layers, weights, beta } = this;
    const { selection } = this.setting.config.adapter;
    return {
      weights,
      hooks: () => this.hooksUnder(weights, beta, undefined),
      merge: (frozen) =>
        tf.tidy(() => mergeLora(frozen, layers, { weights, selection: selectionWeights(beta, selection) })),
    };
  }

  private readonly hooksUnder: HooksUnder = (weights, beta, dropout) => {
    const selection = selectionWeights(beta, this.setting.config.adapter.selection);
    return { adapt: adaptWithLora(this.layers, { weights, selection, dropout }) };
  };

  /** Every tensor of this phase by group, for a snapshot. */
  get tensors(): Record<string, TensorRecord> {
    const { weights, beta, weightAdam, betaAdam } = this.state;
    return {
      weights,
      beta,
      weightMean: weightAdam.mean,
      weightSquare: weightAdam.square,
      betaMean: betaAdam.mean,
      betaSquare: betaAdam.square,
      direct: this.terms.direct,
      implicit: this.terms.implicit,
    };
  }

  async save(): Promise<SavedSearch> {
    await readWithMeters([this.trainMeter, this.validationMeter], []);
    return {
      step: this.step,
      weightAdamStep: this.state.weightAdam.step,
      betaAdamStep: this.state.betaAdam.step,
      trainPosition: this.train.position,
      validationPosition: this.validation.position,
      trainLosses: [...this.trainMeter.numbers],
      validationLosses: [...this.validationMeter.numbers],
      cost: this.cost.total,
      stable: this.stable,
    };
  }

  /** Batches of the latest step. */
  drawn: Progress['drawn'];

  /** Asks the next step for one half only, or by hand for both; a step that was asked for is always reported. */
  asked: SearchHalf | undefined;

  /** True once the ranks have stood still for `config.search.stopWhenStable` steps. */
  get isStable(): boolean {
    const { stopWhenStable } = this.setting.config.search;
    return stopWhenStable > 0 && stoodStill(this.stable) >= stopWhenStable;
  }

  /** Steps until `config.search.steps`, or until the ranks are stable. Yields the telemetry of each step, often none. */
  async *steps(): AsyncGenerator<TelemetryEvent[], void, undefined> {
    const { search, reportEvery } = this.setting.config;
    while (this.step < search.steps && !this.isStable) {
      const { asked } = this;
      this.asked = undefined;
      const { exact, failure } = this.takeStep(asked ?? 'both');
      const isReported = asked || this.step % reportEvery === 0 || this.step === search.steps;
      const events: TelemetryEvent[] = isReported ? [await this.report()] : [];
      if (exact) events.push(await this.inspection(exact));
      yield events;
      if (failure) throw failure;
    }
  }

  private lossOf(batch: DeviceBatch, stream: Stream, cost: CostMeter): BilevelLoss {
    const { dropout } = this.setting.config.search;
    return lossOn(this.setting, this.hooksUnder, batch, { dropout, stream, step: this.step, cost });
  }

  /**
   * @returns the exact terms of this step's hypergradient where it is to be inspected, which the caller disposes; or why
   *   they could not be had, though the step was taken
   */
  private takeStep(half: SearchHalf): { exact?: Terms; failure?: unknown } {
    this.clock.begin();
    const { setting, cost } = this;
    const drawnFrom = [this.train.position, this.validation.position] as const;
    const counted = cost.total;
    const { hyperEvery, estimator } = setting.config.hypergradient;
    const everyNth = this.step % hyperEvery === 0;
    const taken: SearchHalf = half === 'both' && !everyNth ? 'weights' : half;
    const inspects = taken !== 'weights' && this.isInspectionDue;
    const onDevice = (rows: LabelledRows) => {
      cost.drawn(rows);
      return toDevice(setting.model, rows);
    };
    const train = onDevice(this.train.next());
    const validation = taken === 'weights' ? undefined : onDevice(this.validation.next());
    // The exact estimator goes backward through one of its backward passes.
    if (validation && estimator === 'exact') cost.backward();
    const problem = (meter: CostMeter) =>
      [
        this.state,
        this.lossOf(train, 'searchTrain', meter),
        this.lossOf(validation ?? train, 'searchValidation', meter),
        this.stepOptions(taken),
      ] as const;
    const freeBatches = () => {
      disposeDeviceBatch(train);
      if (validation) disposeDeviceBatch(validation);
    };
    const before = this.state;
    const inspected = inspects ? hypergradientInputOf(...problem(uncounted())) : undefined;
    let stepped: ReturnType<typeof bilevelStep>;
    try {
      stepped = bilevelStep(...problem(cost));
    } catch (error) {
      // The step is taken again, on the same batches.
      this.train.returnTo(drawnFrom[0]);
      this.validation.returnTo(drawnFrom[1]);
      cost.returnTo(counted);
      freeBatches();
      throw error;
    }
    const { state, report } = stepped;
    this.state = state;
    this.trainMeter.add(report.trainLoss);
    if (report.validationLoss) this.validationMeter.add(report.validationLoss);
    if (report.direct && report.implicit) {
      disposeRecord(this.terms.direct);
      disposeRecord(this.terms.implicit);
      this.terms = { direct: report.direct, implicit: report.implicit, known: true };
    }
    // A step of β alone looks at the train batch, but W stands still.
    this.drawn = {
      weights: taken === 'selection' ? undefined : this.train.drawn,
      selection: validation && this.validation.drawn,
    };
    this.step += 1;
    cost.step();
    this.clock.end();
    try {
      // After the step, which knows nothing of it, and outside its time.
      return inspected ? { exact: keptTerms(() => exactHypergradient(inspected)) } : {};
    } catch (failure) {
      return { failure };
    } finally {
      disposeReplaced(before, state);
      freeBatches();
    }
  }

  /** Whether a multiple of `inspectEvery` lies between the last β step and the one about to be taken. */
  private get isInspectionDue(): boolean {
    const { inspectEvery, hyperEvery } = this.setting.config.hypergradient;
    if (inspectEvery === 0) return false;
    const multiples = (steps: number) => Math.floor(Math.max(0, steps) / inspectEvery);
    return multiples(this.step + 1) > multiples(this.step + 1 - hyperEvery);
  }

  private async inspection(exact: Terms): Promise<InspectionEvent> {
    try {
      const modules = this.layers.map(({ module }) => module);
      const { layers, ...all } = await compareHypergradients(this.terms, exact, modules);
      const named = this.layers.map(({ name }, i) => ({
        layer: name,
        ...(layers[i] as (typeof layers)[number]),
      }));
      return { type: 'inspection', step: this.step, ...all, layers: named };
    } finally {
      disposeRecord(exact.direct);
      disposeRecord(exact.implicit);
    }
  }

  /** What the next step would differentiate, on the batches it would take; nothing of the search moves. */
  nextHypergradient(): { input: HypergradientInput; dispose(): void } {
    const batchOf = (half: 'searchTrain' | 'searchValidation', { position }: BatchSampler) =>
      toDevice(this.setting.model, this.sampler(half, position).next());
    const train = batchOf('searchTrain', this.train);
    const validation = batchOf('searchValidation', this.validation);
    return {
      input: hypergradientInputOf(
        this.state,
        this.lossOf(train, 'searchTrain', uncounted()),
        this.lossOf(validation, 'searchValidation', uncounted()),
        this.stepOptions('both'),
      ),
      dispose() {
        disposeDeviceBatch(train);
        disposeDeviceBatch(validation);
      },
    };
  }

  private stepOptions(half: SearchHalf): BilevelStepOptions {
    const { search, hypergradient } = this.setting.config;
    return {
      hypergradient,
      weightAdam: { ...ADAM_DEFAULTS, weightDecay: search.weightDecay },
      betaAdam: { ...ADAM_DEFAULTS, beta1: search.betaAdamBeta1, weightDecay: search.betaWeightDecay },
      weightLearningRate: this.rateOf(this.step),
      betaLearningRate: search.betaLearningRate,
      clipNorm: search.clipNorm,
      rollback: hypergradient.rollback,
      half,
    };
  }

  /** Rate of step `step`, from 0. */
  private rateOf(step: number): number {
    const { schedule, learningRate, steps, warmupFraction } = this.setting.config.search;
    return learningRateAt(step, { kind: schedule, learningRate, steps, warmupFraction });
  }

  private async report(): Promise<SearchEvent> {
    this.clock.begin();
    const { layers: targets, weights, beta, terms } = this;
    const layers = await readSelections(
      { layers: targets, weights, beta, terms },
      this.setting.config.adapter.selection,
      [this.trainMeter, this.validationMeter],
    );
    this.watchRanks(layers);
    const stepMs = this.clock.lap();
    return {
      type: 'search',
      step: this.step,
      trainLoss: this.trainMeter.takeMean(),
      ...(this.validationMeter.numbers.length > 0 && { validationLoss: this.validationMeter.takeMean() }),
      ...(this.terms.known && {
        directNorm: normOf(layers, 'direct'),
        implicitNorm: normOf(layers, 'implicit'),
      }),
      learningRate: this.rateOf(this.step - 1),
      layers,
      stepMs,
    };
  }

  private watchRanks(layers: readonly LayerSelection[]): void {
    const { search, adapter } = this.setting.config;
    // Ranks cannot change where β took no step since the last report.
    if (search.stopWhenStable === 0 || this.validationMeter.numbers.length === 0) return;
    const betas = layers.map(({ beta }) => beta);
    const ranks = ranksOf(betas, adapter.selection, adapter.rankRule, adapter.rank).map(({ rank }) => rank);
    this.stable = watched(this.stable, ranks, this.step, search.stableTolerance);
  }

  dispose(): void {
    disposeBilevelState(this.state);
    disposeRecord(this.terms.direct);
    disposeRecord(this.terms.implicit);
    this.trainMeter.dispose();
    this.validationMeter.dispose();
  }
}

/** Every target at rank k with s = lora_alpha / k. */
export function searchLayers(setting: ExperimentSetting): LoraLayer[] {
  const { rank, loraAlpha } = setting.config.adapter;
  return loraLayers(
    setting.model.config,
    () => rank,
    (k) => loraAlpha / k,
  );
}
