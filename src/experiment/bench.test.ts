/** The benchmark's own arithmetic, and one short real run of it. */
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { beforeAll, describe, expect, it } from 'vitest';
import type { BackendReport } from '../runtime/protocol';
import { countKernels, runBench } from './bench';

const backend: BackendReport = {
  name: 'wasm',
  description: '',
  software: false,
  threads: 1,
  rejected: [],
  selfCheckError: 0,
};

beforeAll(async () => {
  tf.enableProdMode();
  await tf.setBackend('wasm');
});

describe('countKernels', () => {
  it('counts what runs while it watches, and the largest live size', async () => {
    const x = tf.ones([256]);
    const before = tf.memory().numBytes;
    const counted = await countKernels(async () => {
      tf.tidy(() => tf.square(tf.add(x, x)));
    });
    tf.square(x).dispose();
    expect(counted).toEqual({ kernels: 2, dispatches: 0, peakBytes: before + 2048 });
    x.dispose();
  });
});

describe('runBench', () => {
  it('measures every estimator and leaves no tensor behind', async () => {
    const before = tf.memory().numTensors;
    const { rows } = await runBench('S', 2, backend);
    expect(tf.memory().numTensors).toBe(before);
    expect(rows.map(({ name }) => name)).toEqual([
      'lora',
      'search/finite-difference',
      'search/finite-difference-forward',
      'search/exact',
      'search/sama',
      'search/first-order',
    ]);
    for (const row of rows) {
      expect(row.medianMs).toBeGreaterThan(0);
      expect(row.lowMs).toBeLessThanOrEqual(row.medianMs);
      expect(row.highMs).toBeGreaterThanOrEqual(row.medianMs);
    }
    const kernels = (name: string) => rows.find((row) => row.name === name)?.kernels as number;
    // Passes by estimator: 1, 4, 3, …, 2 (docs/method.md, “One bilevel iteration”).
    expect(kernels('search/first-order')).toBeGreaterThan(1.5 * kernels('lora'));
    expect(kernels('search/finite-difference')).toBeGreaterThan(1.5 * kernels('search/first-order'));
  });
});
