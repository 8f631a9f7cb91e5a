/** The tfjs backends that tests run on in Node, and how close two arrays must be. */
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { expect } from 'vitest';

export const NODE_BACKENDS = ['cpu', 'wasm'] as const;

export async function switchBackend(name: (typeof NODE_BACKENDS)[number]): Promise<void> {
  await tf.setBackend(name);
  await tf.ready();
  // The banner that tfjs prints on the first use of its CPU backend under Node.
  (tf.backend() as unknown as { firstUse: boolean }).firstUse = false;
}

/** Worst |actual − expected| over the largest |expected| (or `floor`, for arrays that may be all zero). */
export function relativeError(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  floor = Number.MIN_VALUE,
): number {
  if (actual.length !== expected.length) return Number.POSITIVE_INFINITY;
  let largest = floor;
  let worst = 0;
  for (let i = 0; i < expected.length; i++) {
    largest = Math.max(largest, Math.abs(expected[i] as number));
    const error = Math.abs((actual[i] as number) - (expected[i] as number));
    worst = Number.isNaN(error) ? Number.POSITIVE_INFINITY : Math.max(worst, error);
  }
  return worst / largest;
}

export function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  expect(relativeError(actual, expected)).toBeLessThanOrEqual(tolerance);
}

/** Runs `work` and expects as many tensors after it as before. */
export async function expectNoLeak(work: () => void | Promise<void>): Promise<void> {
  const before = tf.memory().numTensors;
  await work();
  expect(tf.memory().numTensors).toBe(before);
}
