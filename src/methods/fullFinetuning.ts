/** Full finetuning: every weight of the model is trained, embeddings included, from where the checkpoint left it. */
import * as tf from '@tensorflow/tfjs';
import { mapRecord } from '../tensor/records';
import type { FinetuningMethod, MethodInput } from './method';

/** The trainables have the frozen weights' names, so that they stand over them in `taskLogits`. */
export function fullFinetuning({ model }: MethodInput): FinetuningMethod {
  return {
    init: () => mapRecord(model.frozen, (tensor) => tf.clone(tensor)),
    hooks: () => ({}),
    parameterCount: model.parameterCount,
    ranks: async () => [],
    merge: (frozen, weights) => mapRecord(frozen, (tensor, name) => weights[name] ?? tensor),
  };
}
