/** A run as data: its plain state beside one safetensors blob, groups of tensors named `group/record/tensor`. */
import * as tf from '@tensorflow/tfjs';
import type { ExperimentConfig } from '../config/experiment';
import type { Snapshot } from '../runtime/protocol';
import type { Fingerprint, LayerRank, Phase, Role, TelemetryEvent } from '../telemetry/events';
import { disposeRecord, readTensors, type TensorRecord } from '../tensor/records';
import { openSafetensors, writeSafetensors } from '../tensor/safetensors';
import type { ExperimentContext } from './context';
import { EvaluationRun, type SavedEvaluation } from './evaluation';
import type { ChosenRanks } from './ranks';
import { type SavedSearch, SearchRun } from './search';
import { TrainedModels, type TrainedRole } from './trainedModels';
import { type SavedTraining, TrainingRun } from './training';

/** Where a run stands among its phases. */
export interface PhaseState {
  role: Role;
  phase: Phase;
  /** The phase's `begin` event was said. */
  begun: boolean;
  /** The `start` event was said. */
  started: boolean;
  finished: boolean;
  /** The loss stopped being a number; nothing can go on from there. */
  halted: boolean;
  /** Ranks of AutoLoRA once derived, and whether a person set them. */
  ranks?: ChosenRanks;
}

/** The part of a session that is not tensors. */
export interface SessionState extends PhaseState {
  /** Paths of the tensors in the order of their records, which decides the order of sums. */
  order: string[];
  version: 1;
  config: ExperimentConfig;
  /** Of the model and the data it was made with; a run goes on with nothing else. */
  fingerprint: Fingerprint;
  search?: SavedSearch;
  training?: SavedTraining;
  /** While it is under way; absent in runs saved by earlier versions, whose evaluation starts over. */
  evaluation?: SavedEvaluation;
  /** Ranks of the finished models, whose weights are among the tensors. */
  trained: Partial<Record<Role, LayerRank[]>>;
  wallMs: Record<string, number>;
}

export type TensorGroups = Record<string, Record<string, TensorRecord>>;

/** What of a session outlives it. */
export interface SessionParts {
  state: PhaseState;
  /** Until retraining begins. */
  search?: SearchRun;
  /** While it is under way. */
  training?: TrainingRun;
  /** While it is under way. */
  evaluation?: EvaluationRun;
  trained: TrainedModels;
  /** Wall time by `role/phase`. */
  wallMs: Record<string, number>;
}

/** Of a run that has not begun. */
export function freshParts(context: ExperimentContext): SessionParts {
  const { method } = context.config;
  const phase = method === 'autolora' ? 'search' : 'retrain';
  return {
    state: { role: method, phase, begun: false, started: false, finished: false, halted: false },
    trained: new TrainedModels(context),
    wallMs: {},
  };
}

/**
 * Reads every tensor back.
 * @param unsaid events that were not told yet: whoever takes the run up tells them
 */
export async function packSnapshot(
  { config, fingerprint }: ExperimentContext,
  { state, search, training, evaluation, trained, wallMs }: SessionParts,
  unsaid: readonly TelemetryEvent[],
): Promise<Snapshot> {
  const isSaid = (type: TelemetryEvent['type']) => !unsaid.some((event) => event.type === type);
  const groups: TensorGroups = {
    ...(search && { search: search.tensors }),
    ...(training && { training: training.tensors }),
    ...trained.groups,
  };
  const saved: Omit<SessionState, 'order'> = {
    version: 1,
    config,
    fingerprint,
    ...state,
    started: state.started && isSaid('start'),
    begun: state.begun && isSaid('phase'),
    search: await search?.save(),
    training: await training?.save(),
    evaluation: evaluation?.save(),
    trained: trained.ranks,
    wallMs: { ...wallMs },
  };
  const named = Object.entries(groups).flatMap(([group, records]) =>
    Object.entries(records).flatMap(([record, tensors]) =>
      Object.entries(tensors).map(([name, tensor]) => [`${group}/${record}/${name}`, tensor] as const),
    ),
  );
  const values = await readTensors(named.map(([, tensor]) => tensor));
  const bytes = writeSafetensors(
    named.map(([name, tensor], i) => [name, { shape: tensor.shape, data: values[i] as Float32Array }]),
  );
  return { state: { ...saved, order: named.map(([name]) => name) }, tensors: new Uint8Array(bytes) };
}

/**
 * The run as it stood.
 * @param context what it goes on with
 * @throws Error when the snapshot is damaged or from another version, or the run was made with something else
 */
export function unpackSnapshot({ state, tensors }: Snapshot, context: ExperimentContext): SessionParts {
  const saved = state as SessionState;
  if (saved?.version !== 1) {
    throw new Error(
      'This run was saved by another version of the playground and cannot be resumed; start it again.',
    );
  }
  refuseOther(saved, context);
  const groups = tensorsOf(tensors, saved.order);
  try {
    return partsOf(saved, groups, context);
  } catch (error) {
    for (const records of Object.values(groups)) Object.values(records).forEach(disposeRecord);
    throw error;
  }
}

/** Takes the tensors over, unless it throws. */
function partsOf(saved: SessionState, groups: TensorGroups, context: ExperimentContext): SessionParts {
  const { role, phase, begun, started, finished, halted, ranks, search, training, evaluation } = saved;
  const trained = new TrainedModels(context);
  trained.restore(saved.trained, groups);
  const wallMs = { ...saved.wallMs };
  // Its time starts over with it.
  if (phase === 'evaluate' && begun && !evaluation) delete wallMs[`${role}/evaluate`];
  return {
    state: { role, phase, begun, started, finished, halted, ranks },
    search: search && SearchRun.resume(context, search, groups.search ?? {}),
    training: training && TrainingRun.resume(context, training, groups.training ?? {}),
    evaluation: evaluation && new EvaluationRun(context, role, trained.of(role) as TrainedRole, evaluation),
    trained,
    wallMs,
  };
}

/** @throws Error where the run was made with another model, other data or another adapter */
function refuseOther({ fingerprint: saved }: SessionState, { fingerprint, start }: ExperimentContext): void {
  const other =
    saved?.model !== fingerprint.model
      ? `model (${start.model.name} has other weights than the one it was made with)`
      : saved.data !== fingerprint.data
        ? 'data (other examples, another order or another tokenizer)'
        : saved.adapter !== fingerprint.adapter
          ? 'adapter to start from'
          : undefined;
  if (other)
    throw new Error(
      `The saved run cannot go on: it was made with another ${other}. Load the same, or start anew.`,
    );
}

/**
 * @param order paths of the tensors, in the order that their records had
 * @throws Error where one of them cannot be read; then none is left
 */
function tensorsOf(packed: Uint8Array, order: readonly string[]): TensorGroups {
  const bytes = packed.slice().buffer as ArrayBuffer;
  const file = openSafetensors({ name: 'the saved run', bytes });
  return tf.tidy(() => {
    const groups: Record<string, Record<string, Record<string, tf.Tensor>>> = {};
    for (const path of order) {
      const { shape } = file.entries.get(path) ?? { shape: [] };
      const [group = '', record = '', ...rest] = path.split('/');
      groups[group] ??= {};
      const records = groups[group] as Record<string, Record<string, tf.Tensor>>;
      records[record] ??= {};
      (records[record] as Record<string, tf.Tensor>)[rest.join('/')] = tf.tensor(file.float32(path), shape);
    }
    return groups;
  });
}
