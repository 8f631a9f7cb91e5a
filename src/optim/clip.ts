/** Clipping by global norm, as torch.nn.utils.clip_grad_norm_; stays on the device. */
import * as tf from '@tensorflow/tfjs';
import { mapRecord, normOfRecord, type TensorRecord } from '../tensor/records';

/** g · min(1, limit / (‖g‖ + 1e-6)); `limit` 0 returns the gradients as they are. */
export function clipByGlobalNorm(gradients: TensorRecord, limit: number): TensorRecord {
  if (limit <= 0) return gradients;
  const factor = tf.minimum(1, tf.div(limit, tf.add(normOfRecord(gradients), 1e-6)));
  return mapRecord(gradients, (gradient) => tf.mul(gradient, factor));
}
