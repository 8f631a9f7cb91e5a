/**
 * One experiment from start to finish: search → threshold → retrain → evaluate, and the LoRA baseline beside it; a
 * single-level method has the last two phases alone.
 * `advance` does one unit of work; everything between two calls can be saved and taken up again to the same numbers.
 */
import type { ExperimentConfig } from '../config/experiment';
import { rolesOf } from '../config/methods';
import { disposeTaskModel } from '../model/taskModel';
import type {
  GeneratedText,
  InspectReport,
  NamedFile,
  Progress,
  Snapshot,
  TextPrediction,
} from '../runtime/protocol';
import type {
  AskedStep,
  LayerRank,
  NoticeEvent,
  PhaseEvent,
  Role,
  TelemetryEvent,
} from '../telemetry/events';
import { engineMemory } from '../tensor/memory';
import { type ContextInput, createContext, type ExperimentContext } from './context';
import type { CostMeter } from './cost';
import { divergenceNotice } from './divergence';
import { EvaluationRun } from './evaluation';
import { inspectNextStep } from './inspectReport';
import { deriveRanks, editRanks, ranksEvent } from './ranks';
import { SearchRun } from './search';
import { positionOf, progressOf, type SessionStanding, stepsLeft } from './sessionProgress';
import { freshParts, type PhaseState, packSnapshot, type SessionParts, unpackSnapshot } from './snapshot';
import type { WritingWatch } from './textPrediction';
import type { TrainedModels, TrainedRole } from './trainedModels';
import { methodOf, type TrainingRun } from './training';
import { beginTraining } from './trainingStart';

export interface SessionInput extends ContextInput {
  /** Take up this run where it stood, in silence. */
  snapshot?: Snapshot;
}

export class ExperimentSession {
  /** Walk over threshold into retraining without being asked. */
  through = false;

  private readonly state: PhaseState;
  private search: SearchRun | undefined;
  private training: TrainingRun | undefined;
  /** Under way, or the last one until another phase begins. */
  private evaluation: EvaluationRun | undefined;
  private readonly trained: TrainedModels;
  private readonly wallMs: Record<string, number>;
  private steps: AsyncGenerator<TelemetryEvent[], void, undefined> | undefined;
  /** What a unit of work that failed would have told before its own events; the next one tells it. */
  private readonly unsaid: TelemetryEvent[] = [];
  private searchStepMs = 0;
  private trainStepMs = 0;

  private constructor(
    readonly context: ExperimentContext,
    parts: SessionParts,
  ) {
    this.state = parts.state;
    this.search = parts.search;
    this.training = parts.training;
    this.evaluation = parts.evaluation;
    this.trained = parts.trained;
    this.wallMs = parts.wallMs;
  }

  /** @throws Error with a sentence where configuration, data, model or snapshot do not fit; then nothing is kept. */
  static async create(input: SessionInput): Promise<ExperimentSession> {
    const context = await createContext(input);
    try {
      // Settings that do not fit are refused now, not after a search.
      methodOf(context, context.config.method, []);
      const parts = input.snapshot ? unpackSnapshot(input.snapshot, context) : freshParts(context);
      return new ExperimentSession(context, parts);
    } catch (error) {
      disposeTaskModel(context.model);
      throw error;
    }
  }

  get config(): ExperimentConfig {
    return this.context.config;
  }

  /** True while a person must press Threshold or Retrain, or the run cannot go on. */
  get waiting(): boolean {
    return this.state.halted || (!this.through && (this.state.phase === 'threshold' || this.isThresholded));
  }

  private get isThresholded(): boolean {
    const { role, phase } = this.state;
    return phase === 'retrain' && role === 'autolora' && !this.training && !this.trained.of('autolora');
  }

  /** Where the run stands; whoever plays it says `running` instead of `paused`. */
  get progress(): Progress {
    return {
      ...progressOf(this.context, this.standing),
      drawn: this.state.phase === 'search' ? this.search?.drawn : undefined,
      ...engineMemory(),
    };
  }

  /** Steps until the end. */
  get stepsLeft(): number {
    const { search, train } = stepsLeft(this.config, this.standing);
    return search + train;
  }

  private get standing(): SessionStanding {
    return {
      ...this.state,
      thresholded: this.isThresholded && !this.through,
      searched: this.search?.step ?? 0,
      trained: this.training?.step ?? 0,
      evaluated: this.evaluation?.step ?? 0,
      searchStepMs: this.searchStepMs,
      trainStepMs: this.trainStepMs,
    };
  }

  private get position(): { step: number; steps: number } {
    return positionOf(this.context, this.standing);
  }

  /**
   * One unit of work: a step, an evaluation batch or a change of phase. Returns its telemetry, often empty; ends with
   * a `done` event. Does nothing while `waiting`.
   * @param asked set when a person steps by hand, which half of a search step, or watches: told of at once; ignored in other phases
   */
  async advance(asked?: AskedStep): Promise<TelemetryEvent[]> {
    if (this.state.finished || this.waiting) return [];
    if (!this.state.started) {
      this.state.started = true;
      this.unsaid.push(this.context.start);
    }
    const before = performance.now();
    const key = `${this.state.role}/${this.state.phase}`;
    const events = await this.work(asked);
    const spent = performance.now() - before - (this.search?.takeInspectionMs() ?? 0);
    this.wallMs[key] = (this.wallMs[key] ?? 0) + spent;
    return this.guard([...this.unsaid.splice(0), ...events]);
  }

  private async work(asked: AskedStep | undefined): Promise<TelemetryEvent[]> {
    if (this.state.phase === 'threshold') return this.deriveRanks();
    if (!this.state.begun) this.unsaid.push(await this.begin());
    this.steps ??= this.generator();
    if (this.state.phase === 'search' && this.search) this.search.asked = asked;
    const pull = await this.pull(this.steps);
    this.searchStepMs = this.search?.stepMs || this.searchStepMs;
    this.trainStepMs = this.training?.stepMs || this.trainStepMs;
    return pull.done ? this.endPhase() : pull.value;
  }

  /** A generator that threw counts as done: it must be made anew, or the phase would seem to have ended. */
  private async pull(
    steps: AsyncGenerator<TelemetryEvent[], void, undefined>,
  ): Promise<IteratorResult<TelemetryEvent[], void>> {
    try {
      return await steps.next();
    } catch (error) {
      this.steps = undefined;
      throw error;
    }
  }

  private async begin(): Promise<TelemetryEvent> {
    this.evaluation = undefined;
    const { role, phase, ranks } = this.state;
    if (phase === 'search') this.search ??= SearchRun.begin(this.context);
    if (phase === 'retrain') {
      this.training ??= await beginTraining(this.context, role, ranks?.ranks ?? [], this.search);
      if (role === 'autolora') this.dropSearch();
    }
    this.state.begun = true;
    return { type: 'phase', role, phase, status: 'begin', steps: this.position.steps };
  }

  private generator(): AsyncGenerator<TelemetryEvent[], void, undefined> {
    const { role, phase } = this.state;
    if (phase === 'search') return (this.search as SearchRun).steps();
    if (phase === 'retrain') return (this.training as TrainingRun).steps();
    this.evaluation ??= new EvaluationRun(this.context, role, this.trained.of(role) as TrainedRole);
    return this.evaluation.steps();
  }

  private async endPhase(): Promise<TelemetryEvent[]> {
    // Read before the phase is left: where it fails, the phase ends again.
    const ranks = await this.training?.ranks();
    const isStable = this.state.phase === 'search' && this.search?.isStable;
    const event = this.phaseEnd(isStable ? 'stable-ranks' : undefined);
    this.leavePhase();
    if (event.phase === 'search') {
      this.state.phase = 'threshold';
      return [event];
    }
    if (event.phase === 'retrain') {
      const { training } = this;
      if (training && ranks) this.trained.add(this.state.role, { ...training.finish(), ranks });
      this.training = undefined;
      this.state.phase = 'evaluate';
      return [event];
    }
    const [, beside] = rolesOf(this.config);
    if (!beside || this.state.role === beside) return [event, this.finish()];
    this.state.role = beside;
    this.state.phase = 'retrain';
    return [event];
  }

  private phaseEnd(reason?: PhaseEvent['reason']) {
    const { role, phase } = this.state;
    const { step, steps } = this.position;
    const wallMs = this.wallMs[`${role}/${phase}`] ?? 0;
    const cost = this.phaseCost?.total;
    return {
      type: 'phase',
      role,
      phase,
      status: reason ? 'stopped' : 'end',
      ...(reason && { reason, step }),
      ...(phase === 'search' && this.search?.byHand && { byHand: true as const }),
      steps,
      wallMs,
      ...(cost && { cost }),
    } as const;
  }

  private get phaseCost(): CostMeter | undefined {
    const { phase } = this.state;
    const costs = {
      search: this.search?.cost,
      retrain: this.training?.cost,
      evaluate: this.evaluation?.cost,
    };
    return phase === 'threshold' ? undefined : costs[phase];
  }

  private leavePhase(): void {
    this.steps = undefined;
    this.state.begun = false;
  }

  /** Ends the search where it stands and derives the ranks. */
  async thresholdNow(): Promise<TelemetryEvent[]> {
    if (this.state.halted)
      throw new Error('The loss is no longer a number: there are no ranks to derive. Reset the run.');
    if (this.state.phase === 'threshold') return this.deriveRanks();
    if (this.state.phase !== 'search' || !this.search || this.search.step === 0) {
      throw new Error('There is no search to threshold yet: take at least one search step first.');
    }
    this.unsaid.push(this.phaseEnd('asked'));
    this.leavePhase();
    this.state.phase = 'threshold';
    const derived = await this.deriveRanks();
    return [...this.unsaid.splice(0), ...derived];
  }

  private async deriveRanks(): Promise<TelemetryEvent[]> {
    const search = this.search as SearchRun;
    const { ranks, threshold } = await deriveRanks(this.context, search);
    this.state.ranks = { ranks, edited: false };
    const event = this.phaseEnd();
    this.state.phase = 'retrain';
    return [{ ...event, steps: 0 }, ranksEvent(this.context, this.state.ranks, search.step, threshold)];
  }

  /**
   * Starts retraining, with the derived ranks or with ranks set by hand.
   * @throws Error where a layer is unknown or a rank is not in 0 … k
   */
  async retrain(edited?: readonly LayerRank[]): Promise<TelemetryEvent[]> {
    if (!this.isThresholded)
      throw new Error('There are no ranks to retrain with yet: press Threshold first.');
    const before = this.state.ranks;
    if (edited && before) {
      const asked = editRanks(before.ranks, edited, this.config.adapter.rank);
      // What was edited stays so where retraining could not begin and is asked for again.
      this.state.ranks = { ...asked, edited: before.edited || asked.edited };
      if (asked.edited)
        this.unsaid.push(ranksEvent(this.context, this.state.ranks, this.search?.step ?? 0, []));
    }
    const begun = await this.begin();
    return [...this.unsaid.splice(0), begun];
  }

  /**
   * A loss that is no number cannot be trained on or scored: say so and stop. Where it is the baseline's, AutoLoRA's result is
   * whole, and the run ends with it.
   */
  private guard(events: TelemetryEvent[]): TelemetryEvent[] {
    const notice = divergenceNotice(events, this.config);
    const said = notice ? [...events, notice] : events;
    const isError = (event: TelemetryEvent): event is NoticeEvent =>
      event.type === 'notice' && event.level === 'error';
    if (!said.some(isError)) return said;
    if (this.state.role === this.config.method) {
      this.state.halted = true;
      return said;
    }
    const told = said.map((event) => (isError(event) ? { ...event, level: 'warning' as const } : event));
    return [...told, ...this.endWithoutBaseline()];
  }

  private endWithoutBaseline(): TelemetryEvent[] {
    const event = this.phaseEnd('diverged');
    this.leavePhase();
    this.training?.dispose();
    this.training = undefined;
    this.trained.drop(this.state.role);
    this.state.role = this.config.method;
    this.state.phase = 'evaluate';
    return [event, this.finish()];
  }

  private finish(): TelemetryEvent {
    this.state.finished = true;
    return { type: 'done', wallMs: Object.values(this.wallMs).reduce((sum, ms) => sum + ms, 0) };
  }

  /**
   * Searches until `steps` steps are taken and compares all estimators on the batches of the next one.
   * @param etas lengths of the unrolled SGD step
   * @throws Error where the run does not come to that step of a search
   */
  async inspect(steps: number, etas: readonly number[]): Promise<InspectReport> {
    const isSearching = () => this.state.phase === 'search' && !this.state.halted;
    while (isSearching() && (this.search?.step ?? 0) < steps) await this.advance();
    if (!isSearching() || !this.search) {
      throw new Error(
        `There is no hypergradient after ${steps} search steps: the method must be autolora, and its search (` +
          `${this.config.search.steps} steps) longer than that and not diverge.`,
      );
    }
    return inspectNextStep(this.search, etas);
  }

  /** What each model of this run says about a text. @throws Error where the task is to write texts */
  async predict(text: string, pair?: string): Promise<TextPrediction[]> {
    const { search, training } = this;
    return this.trained.predict({ text, pair }, { search, training });
  }

  /** What each model of this run writes for a record, as `TrainedModels.generate`. */
  async generate(source: string, watch: WritingWatch): Promise<GeneratedText[]> {
    const { search, training } = this;
    return this.trained.generate(source, watch, { search, training });
  }

  /** Files of a trained model: a PEFT adapter where the method is LoRA at heart. @throws Error while it is not trained */
  async exportAdapter(role: Role): Promise<NamedFile[]> {
    return this.trained.exportAdapter(role);
  }

  /** A trained model as a Hugging Face checkpoint, as `TrainedModels.exportMerged`. */
  async exportMerged(role: Role): Promise<NamedFile[]> {
    return this.trained.exportMerged(role);
  }

  snapshot(): Promise<Snapshot> {
    const { state, search, training, trained, wallMs } = this;
    const evaluation = state.begun ? this.evaluation : undefined;
    return packSnapshot(this.context, { state, search, training, evaluation, trained, wallMs }, this.unsaid);
  }

  private dropSearch(): void {
    this.search?.dispose();
    this.search = undefined;
  }

  dispose(): void {
    this.dropSearch();
    this.training?.dispose();
    this.trained.dispose();
    disposeTaskModel(this.context.model);
  }
}
