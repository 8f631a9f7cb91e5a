/** The search phase: bilevel steps over D_tr and D_val as an async generator; one pull is one step. */
import { initLora, type LoraLayer } from '../adapters/lora';
import { startingLogit } from '../adapters/rankRule';
import { initSelection } from '../adapters/selection';
import type { HypergradientInput } from '../bilevel/hypergradient';
import { disposeTerms, exactHypergradient, keptTerms, type Terms } from '../bilevel/inspection';
import {
  type BilevelState,
  bilevelInit,
  bilevelStep,
  disposeBilevelState,
  disposeReplaced,
} from '../bilevel/steps';
import type { TrainedModel } from '../methods/method';
import { initHead, type LabelledRows, toDevice } from '../model/taskModel';
import type { Progress } from '../runtime/protocol';
import type { BatchPosition, BatchSampler } from '../tasks/batches';
import type {
  AskedStep,
  InspectionEvent,
  PhaseCost,
  SearchEvent,
  StepHalf,
  TelemetryEvent,
} from '../telemetry/events';
import { allOrNothing, type TensorRecord, zerosLikeRecord } from '../tensor/records';
import type { ExperimentContext } from './context';
import { CostMeter } from './cost';
import { LossMeter, readWithMeters } from './lossMeter';
import { hypergradientAt, inspectionEvent, isInspectionDue, nextHypergradient } from './searchInspection';
import { disposeStepBatches, SearchProblem, type StepBatches, searchLayers } from './searchProblem';
import { normOf, readSelections } from './searchReport';
import { type StableRanks, stoodStill, watchRanks } from './stableRanks';
import { StepClock } from './stepClock';
import { undoOnFailure } from './undoOnFailure';

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
  byHand?: boolean;
}

/** A step's hypergradient as it was asked for, and what frees the weights and batches that it was asked at. */
interface ToInspect {
  input: HypergradientInput;
  release(): void;
}

export class SearchRun {
  /** Batches of the latest step. */
  drawn: Progress['drawn'];
  /**
   * Asks the next step for one half only, or for both; a step by hand is always reported, one that is watched too unless reports
   * decide when the search ends.
   */
  asked: AskedStep | undefined;
  /** Whether a step of one half only was asked for, so that other steps were taken than the configuration says. */
  byHand: boolean;
  readonly cost: CostMeter;
  private readonly problem: SearchProblem;
  private readonly train: BatchSampler;
  private readonly validation: BatchSampler;
  private readonly trainMeter: LossMeter;
  private readonly validationMeter: LossMeter;
  private readonly clock = new StepClock();
  private stable: StableRanks | undefined;
  private inspectionMs = 0;
  private isReportAsked = false;

  private constructor(
    private readonly context: ExperimentContext,
    private state: BilevelState,
    /** Those of the last β step. */
    private terms: Terms,
    public step: number,
    saved?: SavedSearch,
  ) {
    this.problem = new SearchProblem(context);
    this.cost = new CostMeter(saved?.cost);
    this.train = this.problem.sampler('searchTrain', saved?.trainPosition);
    this.validation = this.problem.sampler('searchValidation', saved?.validationPosition);
    this.trainMeter = new LossMeter(saved?.trainLosses);
    this.validationMeter = new LossMeter(saved?.validationLosses);
    this.stable = saved?.stable;
    this.byHand = saved?.byHand ?? false;
  }

  static begin(context: ExperimentContext): SearchRun {
    const layers = searchLayers(context);
    const { selection, rankRule } = context.config.adapter;
    const { state, terms } = allOrNothing(() => {
      const weights = { ...initLora(layers, context.config.seed), ...initHead(context.model) };
      const beta = initSelection(layers, selection, startingLogit(rankRule));
      const terms = { direct: zerosLikeRecord(beta), implicit: zerosLikeRecord(beta) };
      return { state: bilevelInit(weights, beta), terms };
    });
    return new SearchRun(context, state, terms, 0);
  }

  /** Takes over the tensors, grouped as `tensors` gives them. */
  static resume(
    context: ExperimentContext,
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
    const terms = { direct: group('direct'), implicit: group('implicit') };
    return new SearchRun(context, state, terms, saved.step, saved);
  }

  /** Recent milliseconds per step. */
  get stepMs(): number {
    return this.clock.stepMs;
  }

  get layers(): readonly LoraLayer[] {
    return this.problem.layers;
  }

  get weights(): TensorRecord {
    return this.state.weights;
  }

  get beta(): TensorRecord {
    return this.state.beta;
  }

  /** The model as it stands, to be asked about a text. */
  get model(): TrainedModel {
    return this.problem.model(this.weights, this.beta);
  }

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
      byHand: this.byHand,
    };
  }

  /** True once the ranks have stood still for `config.search.stopWhenStable` steps. */
  get isStable(): boolean {
    const { stopWhenStable } = this.context.config.search;
    return stopWhenStable > 0 && stoodStill(this.stable) >= stopWhenStable;
  }

  /** Steps until `config.search.steps`, or until the ranks are stable. Yields the telemetry of each step, often none. */
  async *steps(): AsyncGenerator<TelemetryEvent[], void, undefined> {
    const { search } = this.context.config;
    while (this.isReportOwed || (this.step < search.steps && !this.isStable)) {
      const toInspect = this.isReportOwed ? undefined : this.takeAskedStep();
      const { events, failure } = await this.tell(toInspect);
      yield events;
      if (failure) throw failure;
    }
  }

  private takeAskedStep(): ToInspect | undefined {
    const { asked } = this;
    this.asked = undefined;
    const half = asked === undefined || asked === 'watched' ? 'both' : asked;
    const toInspect = this.takeStep(half);
    this.byHand ||= half !== 'both';
    const reportsDecide = this.context.config.search.stopWhenStable > 0;
    this.isReportAsked ||= asked !== undefined && !(asked === 'watched' && reportsDecide);
    return toInspect;
  }

  /** Whether this step is to be reported and is not yet. */
  private get isReportOwed(): boolean {
    const { search, reportEvery } = this.context.config;
    const isDue = this.isReportAsked || this.step % reportEvery === 0 || this.step === search.steps;
    return isDue && !this.trainMeter.isEmpty;
  }

  /** What there is to tell; or why the step just taken could not be inspected, though it was taken. */
  private async tell(
    toInspect: ToInspect | undefined,
  ): Promise<{ events: TelemetryEvent[]; failure?: unknown }> {
    try {
      const events = this.isReportOwed ? [await this.report()] : [];
      if (!toInspect) return { events };
      // What the device is still at is the step's own time.
      if (events.length === 0)
        await this.clock.waitingFor(readWithMeters([this.trainMeter, this.validationMeter], []));
      const { event, failure } = await this.inspect(toInspect.input);
      return { events: event ? [...events, event] : events, failure };
    } finally {
      toInspect?.release();
    }
  }

  /** After the step, which knows nothing of it, and outside its time. */
  private async inspect(input: HypergradientInput): Promise<{ event?: InspectionEvent; failure?: unknown }> {
    const begun = performance.now();
    let exact: Terms | undefined;
    try {
      exact = keptTerms(() => exactHypergradient(input));
      return { event: await inspectionEvent(this.layers, this.step, this.terms, exact) };
    } catch (failure) {
      return { failure };
    } finally {
      if (exact) disposeTerms(exact);
      this.inspectionMs += performance.now() - begun;
    }
  }

  /** Milliseconds that inspections took since this was last asked: they are no part of the method. */
  takeInspectionMs(): number {
    const spent = this.inspectionMs;
    this.inspectionMs = 0;
    return spent;
  }

  /** @returns what the step differentiated, where it is to be inspected */
  private takeStep(half: StepHalf): ToInspect | undefined {
    this.clock.begin();
    const { context, problem, cost } = this;
    const { hypergradient } = context.config;
    const everyNth = this.step % hypergradient.hyperEvery === 0;
    const taken: StepHalf = half === 'both' && !everyNth ? 'weights' : half;
    const inspects = taken !== 'weights' && isInspectionDue(hypergradient, this.step);
    const onDevice = (rows: LabelledRows) => {
      cost.drawn(rows);
      return toDevice(context.model, rows);
    };
    const before = this.state;
    const drawn: Partial<StepBatches> = {};
    const step = () => {
      drawn.train = onDevice(this.train.next());
      if (taken !== 'weights') drawn.validation = onDevice(this.validation.next());
      const batches: StepBatches = { ...drawn, train: drawn.train };
      // The exact estimator goes backward through one of its backward passes.
      if (batches.validation && hypergradient.estimator === 'exact') cost.backward();
      const inspected = inspects ? hypergradientAt(problem, before, batches, this.step) : undefined;
      const at = { step: this.step, half: taken, cost };
      return { batches, inspected, ...bilevelStep(...problem.at(before, batches, at)) };
    };
    const { batches, inspected, state, report } = undoOnFailure(step, {
      samplers: [this.train, this.validation],
      cost,
      release: () => disposeStepBatches(drawn),
    });
    this.state = state;
    this.trainMeter.add(report.trainLoss);
    if (report.validationLoss) this.validationMeter.add(report.validationLoss);
    if (report.direct && report.implicit) {
      disposeTerms(this.terms);
      this.terms = { direct: report.direct, implicit: report.implicit };
    }
    // A step of β alone looks at the train batch, but W stands still.
    this.drawn = {
      weights: taken === 'selection' ? undefined : this.train.drawn,
      selection: batches.validation && this.validation.drawn,
    };
    this.step += 1;
    cost.step();
    this.clock.end();
    const release = () => {
      disposeReplaced(before, state);
      disposeStepBatches(batches);
    };
    if (inspected) return { input: inspected, release };
    release();
    return undefined;
  }

  /** What the next step would differentiate, on the batches it would take; nothing of the search moves. */
  nextHypergradient(): ReturnType<typeof nextHypergradient> {
    const { train, validation } = this;
    return nextHypergradient(this.problem, this.state, this.step, { train, validation });
  }

  private async report(): Promise<SearchEvent> {
    this.clock.begin();
    const { layers: targets, weights, beta, terms } = this;
    const layers = await readSelections(
      { layers: targets, weights, beta, terms },
      this.context.config.adapter.selection,
      [this.trainMeter, this.validationMeter],
    );
    this.isReportAsked = false;
    const movedSelection = this.validationMeter.numbers.length > 0;
    // Ranks cannot change where β took no step.
    if (movedSelection) this.stable = watchRanks(this.stable, layers, this.step, this.context.config);
    const stepMs = this.clock.lap();
    return {
      type: 'search',
      step: this.step,
      trainLoss: this.trainMeter.takeMean(),
      ...(movedSelection && {
        validationLoss: this.validationMeter.takeMean(),
        directNorm: normOf(layers, 'direct'),
        implicitNorm: normOf(layers, 'implicit'),
      }),
      learningRate: this.problem.rateOf(this.step - 1),
      layers,
      stepMs,
    };
  }

  dispose(): void {
    disposeBilevelState(this.state);
    disposeTerms(this.terms);
    this.trainMeter.dispose();
    this.validationMeter.dispose();
  }
}
