/** A run as data: its plain state beside one safetensors blob, groups of tensors named `group/record/tensor`. */
import * as tf from '@tensorflow/tfjs';
import type { ExperimentConfig } from '../config/experiment';
import type { Snapshot } from '../runtime/protocol';
import type { Fingerprint, LayerRank, Phase, Role } from '../telemetry/events';
import { readTensors, type TensorRecord } from '../tensor/records';
import { openSafetensors, writeSafetensors } from '../tensor/safetensors';
import type { ChosenRanks } from './ranks';
import type { SavedSearch } from './search';
import type { SavedTraining } from './training';

/** The part of a session that is not tensors. */
export interface SessionState {
  /** Paths of the tensors in the order of their records, which decides the order of sums. */
  order: string[];
  version: 1;
  config: ExperimentConfig;
  /** Of the model and the data it was made with; a run goes on with nothing else. */
  fingerprint: Fingerprint;
  role: Role;
  phase: Phase;
  /** The phase's `begin` event was said. */
  begun: boolean;
  started: boolean;
  finished: boolean;
  halted: boolean;
  search?: SavedSearch;
  training?: SavedTraining;
  /** Ranks of AutoLoRA once derived, and whether a person set them. */
  ranks?: ChosenRanks;
  /** Ranks of the finished models, whose weights are among the tensors. */
  trained: Partial<Record<Role, LayerRank[]>>;
  wallMs: Record<string, number>;
}

export type TensorGroups = Record<string, Record<string, TensorRecord>>;

/** Reads every tensor back in one transfer. */
export async function packSnapshot(
  state: Omit<SessionState, 'order'>,
  groups: TensorGroups,
): Promise<Snapshot> {
  const named = Object.entries(groups).flatMap(([group, records]) =>
    Object.entries(records).flatMap(([record, tensors]) =>
      Object.entries(tensors).map(([name, tensor]) => [`${group}/${record}/${name}`, tensor] as const),
    ),
  );
  const values = await readTensors(named.map(([, tensor]) => tensor));
  const bytes = writeSafetensors(
    named.map(([name, tensor], i) => [name, { shape: tensor.shape, data: values[i] as Float32Array }]),
  );
  return { state: { ...state, order: named.map(([name]) => name) }, tensors: new Uint8Array(bytes) };
}

/** @throws Error when the snapshot is damaged or from another version */
export function unpackSnapshot({ state, tensors }: Snapshot): { state: SessionState; groups: TensorGroups } {
  const saved = state as SessionState;
  if (saved?.version !== 1) {
    throw new Error(
      'This run was saved by another version of the playground and cannot be resumed; start it again.',
    );
  }
  const bytes = tensors.slice().buffer as ArrayBuffer;
  const file = openSafetensors({ name: 'the saved run', bytes });
  const groups: Record<string, Record<string, Record<string, tf.Tensor>>> = {};
  for (const path of saved.order) {
    const { shape } = file.entries.get(path) ?? { shape: [] };
    const [group = '', record = '', ...rest] = path.split('/');
    groups[group] ??= {};
    const records = groups[group] as Record<string, Record<string, tf.Tensor>>;
    records[record] ??= {};
    (records[record] as Record<string, tf.Tensor>)[rest.join('/')] = tf.tensor(file.float32(path), shape);
  }
  return { state: saved, groups };
}
