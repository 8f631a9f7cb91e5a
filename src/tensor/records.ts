/** Records of tensors (weights, gradients, moments) as values: map, combine, measure, differentiate, dispose. */
import * as tf from '@tensorflow/tfjs';
import { addScaled as addScaledTensor, sumOfSquares } from './ops';

/** Tensors by name; never changed in place. */
export type TensorRecord = Readonly<Record<string, tf.Tensor>>;

export function mapRecord(
  record: TensorRecord,
  change: (tensor: tf.Tensor, name: string) => tf.Tensor,
): TensorRecord {
  return Object.fromEntries(Object.entries(record).map(([name, tensor]) => [name, change(tensor, name)]));
}

/** The tensor of that name. @throws Error naming it when it is missing. */
export function tensorOf(record: TensorRecord, name: string): tf.Tensor {
  const tensor = record[name];
  if (!tensor)
    throw new Error(`There is no tensor named ${name} among ${Object.keys(record).length} tensors.`);
  return tensor;
}

/** A zero of the same shape for every tensor, new on the device. */
export function zerosLikeRecord(record: TensorRecord): TensorRecord {
  return mapRecord(record, (tensor) => tf.zerosLike(tensor));
}

/** record + factor · direction, name by name. */
export function addScaled(record: TensorRecord, factor: tf.Scalar, direction: TensorRecord): TensorRecord {
  return mapRecord(record, (tensor, name) => addScaledTensor(tensor, factor, tensorOf(direction, name)));
}

/** Σ ⟨x, y⟩ over all tensors, as a scalar on the device. */
export function dotRecords(x: TensorRecord, y: TensorRecord): tf.Scalar {
  return tf.tidy(() =>
    Object.entries(x)
      .map(([name, tensor]) => tf.sum(tf.mul(tensor, tensorOf(y, name))))
      .reduce((total, term) => tf.add(total, term)),
  ) as tf.Scalar;
}

/** √Σx² over all tensors, as a scalar on the device. Not differentiable. */
export function normOfRecord(record: TensorRecord): tf.Scalar {
  return tf.tidy(() => tf.sqrt(sumOfSquares(Object.values(record))));
}

/** Frees every tensor; the record is of no use any more. */
export function disposeRecord(record: TensorRecord): void {
  for (const tensor of Object.values(record)) tensor.dispose();
}

/** Takes a record out of the reach of `tf.tidy`; its owner disposes it. */
export function keepRecord(record: TensorRecord): TensorRecord {
  for (const tensor of Object.values(record)) tf.keep(tensor);
  return record;
}

/** Result of `make`, with the tensors in it at any depth; where it throws, none of its tensors is left. */
export function allOrNothing<T extends object>(make: () => T): T {
  return tf.tidy(make as () => tf.TensorContainer) as T;
}

/**
 * Value and gradients of a scalar function, by record. A tensor the value does not depend on has gradient 0.
 * Differentiates again when called inside another differentiated function.
 */
export function valueAndGradients<R extends Record<string, TensorRecord>>(
  compute: () => tf.Scalar,
  withRespectTo: R,
): { value: tf.Scalar; gradients: { [K in keyof R]: TensorRecord } } {
  const entries = Object.entries(withRespectTo).flatMap(([group, record]) =>
    Object.entries(record).map(([name, tensor]) => ({ group, name, tensor })),
  );
  // tfjs refuses to differentiate by nothing: GPT-2 has no head, and its layers may all have rank 0.
  if (entries.length === 0) {
    const none = Object.fromEntries(Object.keys(withRespectTo).map((group) => [group, {}]));
    return { value: compute(), gradients: none as { [K in keyof R]: TensorRecord } };
  }
  const { value, grads } = gradientsOf(
    compute,
    entries.map(({ tensor }) => tensor),
  );
  const gradients: Record<string, Record<string, tf.Tensor>> = {};
  for (const group of Object.keys(withRespectTo)) gradients[group] = {};
  entries.forEach(({ group, name, tensor }, i) => {
    (gradients[group] as Record<string, tf.Tensor>)[name] = grads[i] ?? tf.zerosLike(tensor);
  });
  return { value: value as tf.Scalar, gradients: gradients as { [K in keyof R]: TensorRecord } };
}

/** tfjs keeps what it saves for the way back until it has gone it: where it throws, nobody else would free that. */
function gradientsOf(compute: () => tf.Scalar, tensors: tf.Tensor[]) {
  const engine = tf.engine();
  try {
    return engine.gradients(compute, tensors, undefined, true);
  } catch (error) {
    const { state } = engine;
    // Inside another gradient the tape is that one's, which comes by here too.
    if (state.gradientDepth === 0) {
      for (const { saved } of state.activeTape ?? []) tf.dispose(saved);
      state.activeTape = null as never;
    }
    throw error;
  }
}

/** Bytes that are read back in one transfer at most: a GPU has the joined values and a copy beside the tensors meanwhile. */
const TRANSFER_BYTES = 64 * 2 ** 20;

/**
 * Reads many tensors back, small ones together in one transfer.
 * @param limit bytes of what is joined; a larger tensor is read alone
 * @returns values in the order given
 */
export async function readTensors(
  tensors: readonly tf.Tensor[],
  limit = TRANSFER_BYTES,
): Promise<Float32Array[]> {
  const values: Float32Array[] = [];
  for (const part of transfers(tensors, limit / Float32Array.BYTES_PER_ELEMENT))
    values.push(...(await readTogether(part)));
  return values;
}

/** The tensors in order, as many together as have `size` values at most. */
function transfers(tensors: readonly tf.Tensor[], size: number): tf.Tensor[][] {
  const parts: tf.Tensor[][] = [];
  let filled = Number.POSITIVE_INFINITY;
  for (const tensor of tensors) {
    filled += tensor.size;
    if (filled > size) {
      parts.push([]);
      filled = tensor.size;
    }
    parts.at(-1)?.push(tensor);
  }
  return parts;
}

async function readTogether(tensors: readonly tf.Tensor[]): Promise<Float32Array[]> {
  const [first] = tensors;
  // A copy, since some backends give the values that they go on with.
  if (first && tensors.length === 1) return [new Float32Array(await first.data())];
  const joined = tf.tidy(() => tf.concat1d(tensors.map((tensor) => tf.reshape(tensor, [-1]) as tf.Tensor1D)));
  try {
    const all = (await joined.data()) as Float32Array;
    let start = 0;
    return tensors.map((tensor) => {
      const values = all.slice(start, start + tensor.size);
      start += tensor.size;
      return values;
    });
  } finally {
    joined.dispose();
  }
}
