/** Hashes of weights and examples: a run's `Fingerprint`. */
import { hash32 } from '../random/stream';
import type { EncodedExample } from '../tasks/encoding';

/** Order-dependent hash of 32-bit words. */
function hashWords(words: Uint32Array, start: number): number {
  let hash = start;
  for (const word of words) hash = Math.imul(hash ^ word, 0x9e3779b1) ^ (hash >>> 15);
  return hash32(hash);
}

/** Hashes weights as they pass on their way to the device, and refuses those that nothing can be computed with. */
export class WeightHash {
  /** Of all weights so far. */
  value = 1;

  /** @param of whose weights they are, for errors */
  constructor(private readonly of: string) {}

  /** @throws Error naming the tensor where a value is infinite or not a number */
  add(tensor: string, values: Float32Array): void {
    for (const value of values) if (!Number.isFinite(value)) this.refuse(tensor, value);
    this.value = hashWords(new Uint32Array(values.buffer, values.byteOffset, values.length), this.value);
  }

  private refuse(tensor: string, value: number): never {
    throw new Error(
      `${this.of}: tensor "${tensor}" holds the value ${value}, with which nothing can be computed. The file is damaged, or ` +
        'its numbers outgrew the type that they were saved in (float16 ends at 65,504): take another copy.',
    );
  }
}

export function hashExamples(...sets: (readonly EncodedExample[])[]): number {
  let rows = 1;
  for (const { ids, label } of sets.flat()) {
    const bits = new Uint32Array(Float32Array.from(Array.isArray(label) ? label : [label]).buffer);
    rows = hashWords(Uint32Array.from(ids), hashWords(bits, rows));
  }
  return rows;
}
