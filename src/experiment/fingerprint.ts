/** Hashes that tell whether a saved run meets the model and the data it was made with. */
import type { ModelArrays } from '../model/loadedModel';
import { hash32 } from '../random/stream';
import type { EncodedExample } from '../tasks/batches';

export interface Fingerprint {
  /** Of every weight's bits. */
  model: number;
  /** Of the token ids and labels of train and dev, in order. */
  data: number;
}

/** Order-dependent hash of 32-bit words. */
function hashWords(words: Uint32Array, start: number): number {
  let hash = start;
  for (const word of words) hash = Math.imul(hash ^ word, 0x9e3779b1) ^ (hash >>> 15);
  return hash32(hash);
}

export function fingerprintOf(
  model: Pick<ModelArrays, 'tensors'>,
  ...sets: (readonly EncodedExample[])[]
): Fingerprint {
  let weights = 1;
  for (const { data } of model.tensors.values()) {
    weights = hashWords(new Uint32Array(data.buffer, data.byteOffset, data.length), weights);
  }
  let rows = 1;
  for (const { ids, label } of sets.flat()) {
    const bits = new Uint32Array(new Float32Array([label]).buffer);
    rows = hashWords(Uint32Array.from(ids), hashWords(bits, rows));
  }
  return { model: weights, data: rows };
}
