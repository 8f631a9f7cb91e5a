/**
 * `retrain.init: kept`: retraining starts where the search left the components that survive, instead of fresh ones.
 *
 * The search computes ΔW = s_k Σ_j a_j B_j A_j with s_k = lora_alpha / k; retraining computes s_r Σ_j B'_j A'_j with its
 * own s_r. With A'_j = A_j (a row) and B'_j = (s_k a_j / s_r) B_j (a column) for the survivors, both are the same sum
 * over them; `retrain.scaling: lora` makes the factor (r / k) a_j, `constant` makes it a_j. All of it goes into B, since
 * a_j may be negative without the softmax.
 */
import * as tf from '@tensorflow/tfjs';
import { type LoraLayer, loraAName, loraBName } from '../adapters/lora';
import { selectionOf, survivorsOf } from '../adapters/rankRule';
import { retrainedLayers } from '../methods/lora';
import type { LayerRank } from '../telemetry/events';
import { readTensors, type TensorRecord, tensorOf } from '../tensor/records';
import type { ExperimentContext } from './context';
import type { SearchRun } from './search';

/**
 * A, B and the head of the searched model, restricted to `ranks`; where a person set a rank, that many components that
 * stand highest. The tensors are the caller's to dispose; the search keeps its own.
 */
export async function keptWeights(
  context: ExperimentContext,
  search: SearchRun,
  ranks: readonly LayerRank[],
): Promise<TensorRecord> {
  const { selection, rankRule } = context.config.adapter;
  const { layers, weights } = search;
  const betas = await readTensors(layers.map(({ module }) => tensorOf(search.beta, module)));
  const retrained = retrainedLayers({ ...context, ranks });
  const adapted = new Set(layers.flatMap(({ module }) => [loraAName(module), loraBName(module)]));
  return tf.tidy(() => {
    const start: Record<string, tf.Tensor> = {};
    for (const [name, tensor] of Object.entries(weights)) {
      if (!adapted.has(name)) start[name] = tensor.clone();
    }
    layers.forEach((layer, l) => {
      const { module, scaling } = layer;
      const { rank, scaling: retrainScaling } = retrained[l] as LoraLayer;
      if (rank === 0) return;
      const beta = [...(betas[l] as Float32Array)];
      const survivors = survivorsOf(beta, selection, rankRule, rank);
      const a = selectionOf(beta, selection);
      const factors = survivors.map((j) => (scaling * (a[j] as number)) / retrainScaling);
      const index = tf.tensor1d(survivors, 'int32');
      start[loraAName(module)] = tf.gather(tensorOf(weights, loraAName(module)), index); // (r, in)
      const columns = tf.gather(tensorOf(weights, loraBName(module)), index, 1); // (out, r)
      start[loraBName(module)] = tf.mul(columns, tf.tensor1d(factors));
    });
    return start;
  });
}
