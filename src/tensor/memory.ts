/** What tfjs holds right now. */
import * as tf from '@tensorflow/tfjs';

/** Live tensors and their bytes on the current backend. */
export function engineMemory(): { tensors: number; bytes: number } {
  const { numTensors, numBytes } = tf.memory();
  return { tensors: numTensors, bytes: numBytes };
}
