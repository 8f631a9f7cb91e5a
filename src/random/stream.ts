/**
 * Counter-based random numbers: value i of a stream is a hash of (key, i), so that a stream can be saved as two
 * integers, resumed, and drawn in any order or on any device. The hash is `lowbias32` (Chris Wellons), which only
 * needs 32-bit multiplies and so has the same bits in WGSL.
 */

/** One stream per purpose: drawing more of one never shifts another. */
export type RandomPurpose =
  | 'weights'
  | 'head'
  | 'adapter'
  | 'split'
  | 'shuffle'
  | 'dropout'
  | 'mask'
  | 'data'
  | 'corpus'
  | 'generation'
  | 'ranks';

/** Mixes 32 bits into 32 bits; bijective. */
export function hash32(value: number): number {
  let x = value >>> 0;
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
  return (x ^ (x >>> 16)) >>> 0;
}

/** Key of a stream from any number of integers, e.g. (seed, step, layer). */
export function hashKey(...parts: number[]): number {
  let key = 0x9e3779b9;
  for (const part of parts) key = hash32(key ^ hash32((part >>> 0) + 0x6a09e667));
  return key;
}

/** Key of a named stream. */
export function purposeKey(seed: number, purpose: RandomPurpose, ...more: number[]): number {
  let name = 0;
  for (let i = 0; i < purpose.length; i++) name = hash32(name ^ purpose.charCodeAt(i));
  return hashKey(seed, name, ...more);
}

/** Value `index` of stream `key`, 32 random bits. */
export function uint32At(key: number, index: number): number {
  return hash32((key ^ hash32(index)) >>> 0);
}

/** Value `index` of stream `key`, uniform in [0, 1) with 24 bits (exact in float32). */
export function uniformAt(key: number, index: number): number {
  return (uint32At(key, index) >>> 8) / 0x1000000;
}

/** What has to be stored to go on with a stream where it stands. */
export interface RandomState {
  key: number;
  counter: number;
}

/** A stream read in order. */
export class RandomStream {
  constructor(
    readonly key: number,
    private counter = 0,
  ) {}

  static of(seed: number, purpose: RandomPurpose, ...more: number[]): RandomStream {
    return new RandomStream(purposeKey(seed, purpose, ...more));
  }

  get state(): RandomState {
    return { key: this.key, counter: this.counter };
  }

  /** Uniform in [0, 1). */
  uniform(): number {
    return uniformAt(this.key, this.counter++);
  }

  /** Integer in [0, n). */
  below(n: number): number {
    return Math.floor(this.uniform() * n);
  }

  /** Standard normal (Box-Muller, two draws each). */
  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    return radius * Math.cos(2 * Math.PI * this.uniform());
  }

  /** One element of a non-empty list. */
  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)] as T;
  }

  /** 0 … n−1 in random order (Fisher-Yates). */
  permutation(n: number): Uint32Array {
    const order = Uint32Array.from({ length: n }, (_, i) => i);
    for (let i = n - 1; i > 0; i--) {
      const j = this.below(i + 1);
      const held = order[i] as number;
      order[i] = order[j] as number;
      order[j] = held;
    }
    return order;
  }

  fillUniform(n: number, low: number, high: number): Float32Array {
    return Float32Array.from({ length: n }, () => low + (high - low) * this.uniform());
  }

  fillNormal(n: number, standardDeviation: number): Float32Array {
    return Float32Array.from({ length: n }, () => standardDeviation * this.normal());
  }
}
