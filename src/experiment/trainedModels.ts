/** The trained models of a run by role: asked about texts, taken away as files, kept in snapshots. */
import { methodFacts, rolesOf } from '../config/methods';
import { trainedModel } from '../methods/method';
import type { GeneratedText, NamedFile, TextPrediction } from '../runtime/protocol';
import type { LayerRank, Role } from '../telemetry/events';
import { disposeRecord } from '../tensor/records';
import { adapterFiles } from './adapterFiles';
import type { ExperimentContext } from './context';
import { mergedFiles } from './mergedCheckpoint';
import type { SearchRun } from './search';
import type { SessionState, TensorGroups } from './snapshot';
import { type AskableModel, generateText, predictText, type WritingWatch } from './textPrediction';
import { methodOf, type TrainedMethod, type TrainingRun } from './training';

export type TrainedRole = TrainedMethod & { ranks: LayerRank[] };

/** Phases whose models can be asked before they are trained. */
interface PhasesUnderWay {
  search: SearchRun | undefined;
  training: TrainingRun | undefined;
}

export class TrainedModels {
  private readonly byRole: Partial<Record<Role, TrainedRole>> = {};

  constructor(private readonly context: ExperimentContext) {}

  private get roles(): readonly Role[] {
    return rolesOf(this.context.config);
  }

  of(role: Role): TrainedRole | undefined {
    return this.byRole[role];
  }

  /** Takes the weights over. */
  add(role: Role, trained: TrainedRole): void {
    this.byRole[role] = trained;
  }

  /** Nothing can be asked of it any more. */
  drop(role: Role): void {
    const dropped = this.byRole[role];
    delete this.byRole[role];
    if (dropped) disposeRecord(dropped.weights);
  }

  /** The models there are to ask, as far as trained. */
  private asked({ search, training }: PhasesUnderWay): readonly AskableModel[] {
    const modelOf = (role: Role) => {
      const trained = this.byRole[role];
      if (trained) return trainedModel(trained.method, trained.weights);
      if (training?.role === role) return training.model;
      return role === 'autolora' && search && search.step > 0 ? search.model : undefined;
    };
    return this.roles.map((role) => [role, modelOf(role)]);
  }

  /** What each model says about a text, and the one before training. @throws Error where the task is to write texts */
  predict(asked: { text: string; pair?: string }, underWay: PhasesUnderWay): Promise<TextPrediction[]> {
    return predictText(this.context, asked, this.asked(underWay));
  }

  /**
   * What each model writes for a record, and the one before training.
   * @throws Error where the task is not to write texts
   */
  generate(source: string, watch: WritingWatch, underWay: PhasesUnderWay): Promise<GeneratedText[]> {
    return generateText(this.context, source, this.asked(underWay), watch);
  }

  /** Files of an adapter. @throws Error while it is not trained */
  async exportAdapter(role: Role): Promise<NamedFile[]> {
    return adapterFiles(this.context, role, this.toExport(role, 'adapter'));
  }

  /**
   * Files of a checkpoint that needs no adapter.
   * @throws Error while it is not trained, or where its method is no change of weights
   */
  async exportMerged(role: Role): Promise<NamedFile[]> {
    return mergedFiles(this.context, role, this.toExport(role, 'model'));
  }

  private toExport(role: Role, what: 'adapter' | 'model'): TrainedRole {
    const trained = this.byRole[role];
    if (!trained) throw new Error(`There is no trained ${methodFacts[role].title} ${what} to export yet.`);
    return trained;
  }

  /** The part of a snapshot that is not tensors. */
  get ranks(): SessionState['trained'] {
    return Object.fromEntries(this.roles.map((role) => [role, this.byRole[role]?.ranks]));
  }

  /** The tensors, for a snapshot. */
  get groups(): TensorGroups {
    const groups: TensorGroups = {};
    for (const role of this.roles) {
      const trained = this.byRole[role];
      if (trained) groups[role] = { weights: trained.weights };
    }
    return groups;
  }

  /** Takes over what a snapshot holds, as `ranks` and `groups` gave it. */
  restore(saved: SessionState['trained'], groups: TensorGroups): void {
    for (const role of this.roles) {
      const ranks = saved[role];
      // GPT-2 has no head: a model of no rank at all has no weights.
      const weights = groups[role]?.weights ?? {};
      if (ranks) this.byRole[role] = { ranks, weights, method: methodOf(this.context, role, ranks) };
    }
  }

  dispose(): void {
    for (const { weights } of Object.values(this.byRole)) disposeRecord(weights);
  }
}
