/** What a report of the search reads from the device, in one transfer: β, the hypergradient's terms, components and losses. */
import * as tf from '@tensorflow/tfjs';
import { type LoraLayer, loraAName, loraBName } from '../adapters/lora';
import { selectionOf } from '../adapters/rankRule';
import type { Terms } from '../bilevel/inspection';
import type { SelectionVariant } from '../config/experiment';
import type { LayerSelection } from '../telemetry/events';
import { type TensorRecord, tensorOf } from '../tensor/records';
import { type LossMeter, readWithMeters } from './lossMeter';

/** A search as it stands. */
interface Standing {
  layers: readonly LoraLayer[];
  weights: TensorRecord;
  beta: TensorRecord;
  /** Last known terms of the hypergradient, by module. */
  terms: Terms;
}

/** @param meters read along, so that their means can be taken */
export async function readSelections(
  { layers, weights, beta, terms }: Standing,
  selection: SelectionVariant,
  meters: LossMeter[],
): Promise<LayerSelection[]> {
  const magnitudes = tf.tidy(() => layers.map((layer) => componentMagnitudes(weights, layer)));
  const modules = layers.map(({ module }) => module);
  let read: Float32Array[];
  try {
    read = await readWithMeters(meters, [
      ...modules.map((module) => tensorOf(beta, module)),
      ...modules.map((module) => tensorOf(terms.direct, module)),
      ...modules.map((module) => tensorOf(terms.implicit, module)),
      ...magnitudes,
    ]);
  } finally {
    tf.dispose(magnitudes);
  }
  const part = (index: number, layer: number) => [...(read[index * modules.length + layer] as Float32Array)];
  return layers.map(({ name }, i) => ({
    layer: name,
    beta: part(0, i),
    selection: selectionOf(part(0, i), selection),
    direct: part(1, i),
    implicit: part(2, i),
    magnitude: part(3, i),
  }));
}

/** ‖A_j‖·‖B_j‖ of each rank-1 component, (k). */
function componentMagnitudes(weights: TensorRecord, { module }: LoraLayer): tf.Tensor {
  const a = tensorOf(weights, loraAName(module)); // (k, in)
  const b = tensorOf(weights, loraBName(module)); // (out, k)
  return tf.sqrt(tf.mul(tf.sum(tf.mul(a, a), 1), tf.sum(tf.mul(b, b), 0)));
}

/** Euclidean norm of one term over all layers. */
export function normOf(layers: readonly LayerSelection[], term: 'direct' | 'implicit'): number {
  return Math.sqrt(layers.flatMap((layer) => layer[term]).reduce((total, x) => total + x * x, 0));
}
