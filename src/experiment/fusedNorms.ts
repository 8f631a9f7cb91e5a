/** What PEFT's DoRA needs of a model whose query, key and value are one projection. */
import * as tf from '@tensorflow/tfjs';
import type { TaskModel } from '../model/taskModel';
import { readTensors, tensorOf } from '../tensor/records';

/** ‖W0‖ of each output of every fused projection, (3 · out) by module: GPT-2's; of a RoBERTa none. */
export async function fusedNorms({
  frozen,
}: Pick<TaskModel, 'frozen'>): Promise<ReadonlyMap<string, Float32Array>> {
  const modules = Object.keys(frozen)
    .filter((name) => name.endsWith('.attn.c_attn.weight'))
    .map((name) => name.replace(/\.weight$/, ''));
  const norms = tf.tidy(() => modules.map((module) => tf.norm(tensorOf(frozen, `${module}.weight`), 2, 0)));
  try {
    const values = await readTensors(norms);
    return new Map(modules.map((module, i) => [module, values[i] as Float32Array]));
  } finally {
    tf.dispose(norms);
  }
}
