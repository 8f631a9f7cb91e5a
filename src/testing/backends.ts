/** The tfjs backends that tests run on in Node, and how close two arrays must be. */
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { expect } from 'vitest';
import { relativeError } from './relativeError';

export { relativeError };

export const NODE_BACKENDS = ['cpu', 'wasm'] as const;

export async function switchBackend(name: (typeof NODE_BACKENDS)[number]): Promise<void> {
  await tf.setBackend(name);
  await tf.ready();
  // The banner that tfjs prints on the first use of its CPU backend under Node.
  (tf.backend() as unknown as { firstUse: boolean }).firstUse = false;
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
