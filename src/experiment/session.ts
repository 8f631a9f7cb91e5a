/**
 * One experiment from start to finish: search → threshold → retrain → evaluate, and the LoRA baseline beside it; a
 * single-level method has the last two phases alone.
 * `advance` does one unit of work; everything between two calls can be saved and taken up again to the same numbers.
 */
import type { ExperimentConfig } from '../config/experiment';
import { methodFacts } from '../config/methods';
import { trainedModel } from '../methods/method';
import { disposeTaskModel } from '../model/taskModel';
import type {
  GeneratedText,
  InspectReport,
  NamedFile,
  Progress,
  Snapshot,
  StepHalf,
  TextPrediction,
} from '../runtime/protocol';
import type { LayerRank, Phase, PhaseEvent, Role, TelemetryEvent } from '../telemetry/events';
import { engineMemory } from '../tensor/memory';
import { disposeRecord } from '../tensor/records';
import { adapterFiles } from './adapterFiles';
import { CostMeter } from './cost';
import { evaluate, evaluationSteps } from './evaluation';
import { startingWeights } from './importedAdapter';
import { inspectEstimators } from './inspect';
import { keptWeights } from './keptStart';
import { mergedFiles } from './mergedCheckpoint';
import { baselineRanks, type ChosenRanks, deriveRanks, editRanks, ranksEvent } from './ranks';
import { SearchRun } from './search';
import { createSetting, type ExperimentSetting, type SettingInput } from './setting';
import { packSnapshot, type SessionState, type TensorGroups, unpackSnapshot } from './snapshot';
import { type AskableModel, generateText, predictText, type WritingWatch } from './textPrediction';
import { methodOf, type TrainedMethod, TrainingRun } from './training';

export interface SessionInput extends SettingInput {
  /** Take up this run where it stood, in silence. */
  snapshot?: Snapshot;
}

type Trained = TrainedMethod & { ranks: LayerRank[] };

export class ExperimentSession {
  /** Walk over threshold into retraining without being asked. */
  through = false;

  private role: Role;
  private phase: Phase;
  private search: SearchRun | undefined;
  private training: TrainingRun | undefined;
  private steps: AsyncGenerator<TelemetryEvent[], void, undefined> | undefined;
  private evaluated = 0;
  private evaluationCost = new CostMeter();
  private ranks: ChosenRanks | undefined;
  private readonly trained: Partial<Record<Role, Trained>> = {};
  private readonly wallMs: Record<string, number> = {};
  private begun = false;
  /** What a unit of work that failed would have told before its own events; the next one tells it. */
  private readonly unsaid: TelemetryEvent[] = [];
  private started: boolean;
  private finished = false;
  /** Set when the loss stopped being a number; nothing can go on from there. */
  private halted = false;
  private searchStepMs = 0;
  private trainStepMs = 0;

  private constructor(
    readonly setting: ExperimentSetting,
    resumed: boolean,
  ) {
    this.started = resumed;
    const { method } = setting.config;
    this.role = method;
    this.phase = method === 'autolora' ? 'search' : 'retrain';
  }

  /** @throws Error with a sentence where configuration, data, model or snapshot do not fit; then nothing is kept. */
  static async create(input: SessionInput): Promise<ExperimentSession> {
    const setting = await createSetting(input);
    try {
      // Settings that do not fit are refused now, not after a search.
      methodOf(setting, setting.config.method, []);
      const session = new ExperimentSession(setting, input.snapshot !== undefined);
      if (input.snapshot) session.restore(input.snapshot);
      return session;
    } catch (error) {
      disposeTaskModel(setting.model);
      throw error;
    }
  }

  get config(): ExperimentConfig {
    return this.setting.config;
  }

  /** True while a person must press Threshold or Retrain, or the run cannot go on. */
  get waiting(): boolean {
    return this.halted || (!this.through && (this.phase === 'threshold' || this.isThresholded));
  }

  private get isThresholded(): boolean {
    return this.phase === 'retrain' && this.role === 'autolora' && !this.training && !this.trained.autolora;
  }

  /** Where the run stands; whoever plays it says `running` instead of `paused`. */
  get progress(): Progress {
    const { step, steps } = this.position;
    const status = this.finished
      ? 'finished'
      : this.isThresholded && !this.through
        ? 'thresholded'
        : 'paused';
    return {
      status,
      role: this.role,
      phase: this.phase,
      step,
      steps,
      stepMs: this.phase === 'search' ? this.searchStepMs : this.trainStepMs,
      remainingMs: this.remainingMs,
      drawn: this.phase === 'search' ? this.search?.drawn : undefined,
      ...engineMemory(),
    };
  }

  private get position(): { step: number; steps: number } {
    const { search, retrain } = this.config;
    if (this.phase === 'search') return { step: this.search?.step ?? 0, steps: search.steps };
    if (this.phase === 'threshold') return { step: this.search?.step ?? 0, steps: search.steps };
    if (this.phase === 'retrain') return { step: this.training?.step ?? 0, steps: retrain.steps };
    const steps = evaluationSteps(this.setting);
    return { step: Math.min(this.evaluated, steps), steps };
  }

  /** Steps left at their last known pace; a plain step is taken for a fourth of a search step until one is timed. */
  private get remainingMs(): number {
    if (this.finished) return 0;
    const { search, retrain, baseline, method } = this.config;
    const trainMs = this.trainStepMs || this.searchStepMs / 4;
    const { step } = this.position;
    let remaining = 0;
    if (this.phase === 'search') remaining += (search.steps - step) * this.searchStepMs;
    if (this.phase === 'search' || this.phase === 'threshold') remaining += retrain.steps * trainMs;
    if (this.phase === 'retrain') remaining += (retrain.steps - step) * trainMs;
    const baselineLeft = method === 'autolora' && this.role === 'autolora' && baseline.enabled;
    return remaining + (baselineLeft ? retrain.steps * trainMs : 0);
  }

  /**
   * One unit of work: a step, an evaluation batch or a change of phase. Returns its telemetry, often empty; ends with
   * a `done` event. Does nothing while `waiting`.
   * @param half set when a person steps by hand: which half of a search step; ignored in other phases
   */
  async advance(half?: StepHalf): Promise<TelemetryEvent[]> {
    if (this.finished || this.waiting) return [];
    if (!this.started) {
      this.started = true;
      this.unsaid.push(this.setting.start);
    }
    const before = performance.now();
    const key = `${this.role}/${this.phase}`;
    const events = await this.work(half);
    this.wallMs[key] = (this.wallMs[key] ?? 0) + performance.now() - before;
    return this.guard([...this.unsaid.splice(0), ...events]);
  }

  private async work(half: StepHalf | undefined): Promise<TelemetryEvent[]> {
    if (this.phase === 'threshold') return this.deriveRanks();
    if (!this.begun) this.unsaid.push(await this.begin());
    this.steps ??= this.generator();
    if (this.phase === 'search' && this.search) this.search.asked = half;
    const pull = await this.pull(this.steps);
    this.searchStepMs = this.search?.stepMs || this.searchStepMs;
    this.trainStepMs = this.training?.stepMs || this.trainStepMs;
    if (!pull.done) {
      if (this.phase === 'evaluate') this.evaluated += 1;
      return pull.value;
    }
    return this.endPhase();
  }

  /** A generator that threw counts as done: it must be made anew, or the phase would seem to have ended. */
  private async pull(
    steps: AsyncGenerator<TelemetryEvent[], void, undefined>,
  ): Promise<IteratorResult<TelemetryEvent[], void>> {
    try {
      return await steps.next();
    } catch (error) {
      this.steps = undefined;
      this.evaluated = 0;
      throw error;
    }
  }

  private async begin(): Promise<TelemetryEvent> {
    this.evaluated = 0;
    if (this.phase === 'search') this.search ??= SearchRun.begin(this.setting);
    if (this.phase === 'retrain') {
      const learned = this.ranks?.ranks ?? [];
      const ranks = this.role === 'autolora' ? learned : baselineRanks(this.setting, learned);
      const kept = this.role === 'autolora' && this.config.retrain.init === 'kept' && this.search;
      const { imported, model } = this.setting;
      const start = kept
        ? await keptWeights(this.setting, kept, ranks)
        : imported && startingWeights(imported, model);
      this.training ??= TrainingRun.begin(this.setting, this.role, ranks, start);
      if (this.role === 'autolora') this.dropSearch();
    }
    this.begun = true;
    return { type: 'phase', role: this.role, phase: this.phase, status: 'begin', steps: this.position.steps };
  }

  private generator(): AsyncGenerator<TelemetryEvent[], void, undefined> {
    if (this.phase === 'search') return (this.search as SearchRun).steps();
    if (this.phase === 'retrain') return (this.training as TrainingRun).steps();
    // It starts over after a snapshot, and so do its cost and its time.
    delete this.wallMs[`${this.role}/evaluate`];
    this.evaluationCost = new CostMeter();
    return evaluate(this.setting, this.role, this.trained[this.role] as Trained, this.evaluationCost);
  }

  private async endPhase(): Promise<TelemetryEvent[]> {
    const event = this.phaseEnd(
      this.phase === 'search' && this.search?.isStable ? 'stable-ranks' : undefined,
    );
    this.leavePhase();
    if (event.phase === 'search') {
      this.phase = 'threshold';
      return [event];
    }
    if (event.phase === 'retrain') {
      const { training } = this;
      if (training) {
        const ranks = await training.ranks();
        this.trained[this.role] = { ...training.finish(), ranks };
      }
      this.training = undefined;
      this.phase = 'evaluate';
      return [event];
    }
    if (this.role === 'autolora' && this.config.baseline.enabled) {
      this.role = 'lora';
      this.phase = 'retrain';
      return [event];
    }
    this.finished = true;
    return [event, { type: 'done', wallMs: Object.values(this.wallMs).reduce((sum, ms) => sum + ms, 0) }];
  }

  private phaseEnd(reason?: PhaseEvent['reason']) {
    const wallMs = this.wallMs[`${this.role}/${this.phase}`] ?? 0;
    const cost = this.phaseCost?.total;
    return {
      type: 'phase',
      role: this.role,
      phase: this.phase,
      status: reason ? 'stopped' : 'end',
      ...(reason && { reason, step: this.position.step }),
      steps: this.position.steps,
      wallMs,
      ...(cost && { cost }),
    } as const;
  }

  private get phaseCost(): CostMeter | undefined {
    switch (this.phase) {
      case 'search':
        return this.search?.cost;
      case 'retrain':
        return this.training?.cost;
      case 'evaluate':
        return this.evaluationCost;
      default:
        return undefined;
    }
  }

  private leavePhase(): void {
    this.steps = undefined;
    this.begun = false;
  }

  /** Ends the search where it stands and derives the ranks. */
  async thresholdNow(): Promise<TelemetryEvent[]> {
    if (this.halted)
      throw new Error('The loss is no longer a number: there are no ranks to derive. Reset the run.');
    if (this.phase === 'threshold') return this.deriveRanks();
    if (this.phase !== 'search' || !this.search || this.search.step === 0) {
      throw new Error('There is no search to threshold yet: take at least one search step first.');
    }
    const stopped = this.phaseEnd('asked');
    this.leavePhase();
    this.phase = 'threshold';
    return [stopped, ...(await this.deriveRanks())];
  }

  private async deriveRanks(): Promise<TelemetryEvent[]> {
    const search = this.search as SearchRun;
    const { ranks, threshold } = await deriveRanks(this.setting, search);
    this.ranks = { ranks, edited: false };
    const event = this.phaseEnd();
    this.phase = 'retrain';
    return [{ ...event, steps: 0 }, ranksEvent(this.setting, this.ranks, search.step, threshold)];
  }

  /**
   * Starts retraining, with the derived ranks or with ranks set by hand.
   * @throws Error where a layer is unknown or a rank is not in 0 … k
   */
  async retrain(edited?: readonly LayerRank[]): Promise<TelemetryEvent[]> {
    if (!this.isThresholded)
      throw new Error('There are no ranks to retrain with yet: press Threshold first.');
    const events: TelemetryEvent[] = [];
    if (edited && this.ranks) {
      this.ranks = editRanks(this.ranks.ranks, edited, this.config.adapter.rank);
      if (this.ranks.edited) events.push(ranksEvent(this.setting, this.ranks, this.search?.step ?? 0, []));
    }
    events.push(await this.begin());
    return events;
  }

  /** A loss that is no number cannot be trained on: say so and stop. */
  private guard(events: TelemetryEvent[]): TelemetryEvent[] {
    const bad = events.find(
      (event) => (event.type === 'search' || event.type === 'train') && !Number.isFinite(event.trainLoss),
    );
    if (!bad) return events;
    this.halted = true;
    const rate = bad.type === 'search' ? this.config.search.learningRate : this.config.retrain.learningRate;
    const message =
      `The loss stopped being a number at step ${(bad as { step: number }).step}. Reset and lower the learning rate ` +
      `(now ${rate})${bad.type === 'search' ? ` or the β learning rate (now ${this.config.search.betaLearningRate})` : ''}, or clip gradients.`;
    return [...events, { type: 'notice', level: 'error', message }];
  }

  /**
   * Searches until `steps` steps are taken and compares all estimators on the batches of the next one.
   * @param etas lengths of the unrolled SGD step
   * @throws Error where the run does not come to that step of a search
   */
  async inspect(steps: number, etas: readonly number[]): Promise<InspectReport> {
    const isSearching = () => this.phase === 'search' && !this.halted;
    while (isSearching() && (this.search?.step ?? 0) < steps) await this.advance();
    if (!isSearching() || !this.search) {
      throw new Error(
        `There is no hypergradient after ${steps} search steps: the method must be autolora, and its search (` +
          `${this.config.search.steps} steps) longer than that and not diverge.`,
      );
    }
    const { layers, step } = this.search;
    const { input, dispose } = this.search.nextHypergradient();
    try {
      const rows = await inspectEstimators(input, layers, etas);
      return { step, learningRate: input.adam?.learningRate ?? 0, rows };
    } finally {
      dispose();
    }
  }

  /** The models there are to ask: before training on the task, and as far as trained. */
  private get asked(): readonly AskableModel[] {
    const { search, training } = this;
    const modelOf = (role: Role) => {
      const trained = this.trained[role];
      if (trained) return trainedModel(trained.method, trained.weights);
      if (training?.role === role) return training.model;
      return role === 'autolora' && search && search.step > 0 ? search.model : undefined;
    };
    return this.roles.map((role) => [role, modelOf(role)]);
  }

  /** The method, and the baseline beside AutoLoRA. */
  private get roles(): readonly Role[] {
    return this.config.method === 'autolora' ? ['autolora', 'lora'] : [this.config.method];
  }

  /** What each model of this run says about a text. @throws Error where the task is to write texts */
  async predict(text: string, pair?: string): Promise<TextPrediction[]> {
    return predictText(this.setting, { text, pair }, this.asked);
  }

  /**
   * What each model of this run writes for a record.
   * @param watch sees the text while it grows, and stops it by returning false
   * @throws Error where the task is not to write texts
   */
  async generate(source: string, watch: WritingWatch): Promise<GeneratedText[]> {
    return generateText(this.setting, source, this.asked, watch);
  }

  /** Files of a trained model: a PEFT adapter where the method is LoRA at heart. @throws Error while it is not trained */
  async exportAdapter(role: Role): Promise<NamedFile[]> {
    const model = this.trained[role];
    if (!model) throw new Error(`There is no trained ${methodFacts[role].title} adapter to export yet.`);
    return adapterFiles(this.setting, role, model);
  }

  /**
   * A trained model as a Hugging Face checkpoint that needs no adapter.
   * @throws Error while it is not trained, or where its method is no change of weights
   */
  async exportMerged(role: Role): Promise<NamedFile[]> {
    const model = this.trained[role];
    if (!model) throw new Error(`There is no trained ${methodFacts[role].title} model to export yet.`);
    return mergedFiles(this.setting, role, model);
  }

  /** Wall time by `role/phase`. */
  get wallTimes(): Readonly<Record<string, number>> {
    return this.wallMs;
  }

  async snapshot(): Promise<Snapshot> {
    const { search, training, trained } = this;
    const groups: TensorGroups = {};
    if (search) groups.search = search.tensors;
    if (training) groups.training = training.tensors;
    for (const role of this.roles) {
      const model = trained[role];
      if (model) groups[role] = { weights: model.weights };
    }
    const state: Omit<SessionState, 'order'> = {
      version: 1,
      config: this.config,
      fingerprint: this.setting.fingerprint,
      role: this.role,
      phase: this.phase,
      begun: this.begun,
      finished: this.finished,
      halted: this.halted,
      started: this.started,
      search: await search?.save(),
      training: await training?.save(),
      ranks: this.ranks,
      trained: Object.fromEntries(this.roles.map((role) => [role, trained[role]?.ranks])),
      wallMs: { ...this.wallMs },
    };
    return packSnapshot(state, groups);
  }

  private restore(snapshot: Snapshot): void {
    const { state, groups } = unpackSnapshot(snapshot);
    const { setting } = this;
    const other =
      state.fingerprint?.model !== setting.fingerprint.model
        ? `model (${setting.start.model.name} has other weights than the one it was made with)`
        : state.fingerprint.data !== setting.fingerprint.data
          ? 'data (other examples, another order or another tokenizer)'
          : state.fingerprint.adapter !== setting.fingerprint.adapter
            ? 'adapter to start from'
            : undefined;
    if (other) {
      for (const records of Object.values(groups)) Object.values(records).forEach(disposeRecord);
      throw new Error(
        `The saved run cannot go on: it was made with another ${other}. Load the same, or start anew.`,
      );
    }
    this.role = state.role;
    this.phase = state.phase;
    this.finished = state.finished;
    this.halted = state.halted;
    this.started = state.started;
    this.ranks = state.ranks;
    Object.assign(this.wallMs, state.wallMs);
    if (state.search) this.search = SearchRun.resume(setting, state.search, groups.search ?? {});
    if (state.training) this.training = TrainingRun.resume(setting, state.training, groups.training ?? {});
    for (const role of this.roles) {
      const ranks = state.trained[role];
      // GPT-2 has no head: a model of no rank at all has no weights.
      const weights = groups[role]?.weights ?? {};
      if (ranks) this.trained[role] = { ranks, weights, method: methodOf(setting, role, ranks) };
    }
    // An evaluation starts over: it has no state worth keeping, and its beginning was already told.
    this.begun = state.begun;
  }

  private dropSearch(): void {
    this.search?.dispose();
    this.search = undefined;
  }

  dispose(): void {
    this.dropSearch();
    this.training?.dispose();
    for (const model of Object.values(this.trained)) disposeRecord(model.weights);
    disposeTaskModel(this.setting.model);
  }
}
