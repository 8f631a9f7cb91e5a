/** Adapters folded into the frozen weights: a checkpoint that needs no adapter. */
import * as tf from '@tensorflow/tfjs';
import { FUSED_PARTS } from '../model/gpt2';
import { mapRecord, type TensorRecord } from '../tensor/records';
import type { LoraLayer } from './lora';

/**
 * Puts another weight in the place of every adapted W0: a projection's own, or its columns of GPT-2's fused `c_attn`.
 * @param change W0 → W', each (out, in), of a layer of rank > 0; runs inside `tf.tidy`
 * @returns a full record; changed tensors are new, the others are those of `frozen`
 */
export function mapAdapted(
  frozen: TensorRecord,
  layers: readonly LoraLayer[],
  change: (layer: LoraLayer, weight: tf.Tensor) => tf.Tensor,
): TensorRecord {
  const adapted = new Map(layers.filter(({ rank }) => rank > 0).map((layer) => [layer.module, layer]));
  const changedWeight = (tensor: tf.Tensor, name: string) => {
    const module = name.replace(/\.weight$/, '');
    const own = adapted.get(module);
    if (own) return tf.tidy(() => change(own, tensor));
    const parts = FUSED_PARTS.map((part) => adapted.get(`${module}.${part}`));
    if (parts.every((part) => part === undefined)) return tensor;
    return tf.tidy(() => {
      const columns = tf.split(tensor, FUSED_PARTS.length, 1); // each (in, out)
      const changed = columns.map((column, i) => {
        const layer = parts[i];
        return layer ? tf.transpose(change(layer, tf.transpose(column))) : column;
      });
      return tf.concat(changed, 1);
    });
  };
  // Where one layer cannot be changed, those before it go.
  return tf.tidy(() => mapRecord(frozen, changedWeight));
}
