/**
 * A finetuning method as training sees it: what is trained besides the head, what that does in a forward pass, and what
 * happens besides the optimizer's step. One file per method beside this one.
 */
import type * as tf from '@tensorflow/tfjs';
import type { LoraLayer, LoraPass } from '../adapters/lora';
import type { ExperimentConfig } from '../config/experiment';
import type { ForwardHooks } from '../model/forward';
import type { TaskModel } from '../model/taskModel';
import type { LayerName, LayerRank } from '../telemetry/events';
import type { TensorRecord } from '../tensor/records';

/** All that a method is made from. */
export interface MethodInput {
  config: ExperimentConfig;
  model: TaskModel;
  /** Rank of every layer, for the methods whose ranks are given; a layer that is not named has rank 0. */
  ranks: readonly LayerRank[];
  /** s by layer where it is given too, as by an adapter whose training goes on. */
  scalings?: ReadonlyMap<LayerName, number>;
}

/** Saved beside the weights, by group. */
export type MethodState = Readonly<Record<string, TensorRecord>>;

/** What `afterStep` sees of one step. */
export interface TakenStep {
  /** Weights after the optimizer's step. */
  weights: TensorRecord;
  /** Of the loss with its penalty. */
  gradients: TensorRecord;
  /** What the optimizer multiplied the gradients by (clipping). */
  gradientScale: tf.Scalar | undefined;
  state: MethodState;
  /** Steps taken, this one included. */
  step: number;
  /** Rate of this step, before `rateFactor`. */
  learningRate: number;
}

/** ΔW = s · B diag(selection) A. */
export interface LoraUpdate {
  layers: readonly LoraLayer[];
  pass: LoraPass;
  /** s is lora_alpha / √r. */
  rankStabilised?: boolean;
  /** DoRA's m by module, each (out): then W' = m ⊙ (W0 + ΔW) / ‖W0 + ΔW‖. */
  magnitudes?: TensorRecord;
}

export interface FinetuningMethod {
  /** Fresh trainable tensors besides the head, drawn by seed; the caller's to dispose. */
  init(seed: number): TensorRecord;
  /** Fresh state; the caller's to dispose. Absent where there is none. */
  initState?(weights: TensorRecord): MethodState;
  /**
   * What the trainables do in a forward pass; weights that stand over frozen ones of the same name need nothing. Made anew
   * for each pass, inside the same `tf.tidy`.
   */
  hooks(weights: TensorRecord, dropout?: LoraPass['dropout']): ForwardHooks;
  /** Added to the loss; undefined where there is nothing to penalise. */
  penalty?(weights: TensorRecord): tf.Scalar | undefined;
  /** What the learning rate of a tensor is multiplied by. */
  rateFactor?(name: string): number;
  /** After the optimizer's step, inside `tf.tidy`; what is returned may hold tensors that were given. */
  afterStep?(taken: TakenStep): { weights: TensorRecord; state: MethodState };
  /**
   * True where step `step`, from 1, ends with a pruning, so that `ranks` says then how many components are left; absent where
   * ranks stay as they are.
   */
  prunesAfter?(step: number): boolean;
  /** Trainable parameters besides the head, by the method's formula. */
  readonly parameterCount: number;
  /** Rank of every layer under these weights; empty for a method without ranks. */
  ranks(weights: TensorRecord): Promise<LayerRank[]>;
  /**
   * A full record that needs no hooks. Tensors that are neither `frozen`'s nor `weights`' are new and the caller's.
   * Absent where the method is no change of weights.
   */
  merge?(frozen: TensorRecord, weights: TensorRecord): TensorRecord;
  /** The update as PEFT's LoRA holds it; absent where it cannot. */
  asLora?(weights: TensorRecord): LoraUpdate;
}

/** A model with its method's weights, to be evaluated or asked. */
export interface TrainedModel {
  /** The head and what the method trains. */
  weights: TensorRecord;
  /** Call inside `tf.tidy`, anew for each pass. */
  hooks(): ForwardHooks;
  /** As `FinetuningMethod.merge`. */
  merge?(frozen: TensorRecord): TensorRecord;
}

export function trainedModel(method: FinetuningMethod, weights: TensorRecord): TrainedModel {
  return {
    weights,
    hooks: () => method.hooks(weights),
    ...(method.merge && {
      merge: (frozen: TensorRecord) => method.merge?.(frozen, weights) ?? frozen,
    }),
  };
}
