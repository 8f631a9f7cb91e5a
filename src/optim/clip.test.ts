import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import type { TensorRecord } from '../tensor/records';
import { expectNoLeak, NODE_BACKENDS, switchBackend } from '../testing/backends';
import { clipFactor } from './clip';

describe.each(NODE_BACKENDS)('clipFactor on %s', (backend) => {
  it('brings the norm of all gradients together down to the limit, and never up', async () => {
    await switchBackend(backend);
    await expectNoLeak(() => {
      // Of norm 5: 3 and 4 in one tensor, and over two.
      const cases: TensorRecord[] = [
        { w: tf.tensor1d([3, -4]) },
        { w: tf.tensor1d([3]), v: tf.tensor2d([[0, 4]]) },
      ];
      for (const gradients of cases) {
        const factor = (limit: number) => tf.tidy(() => clipFactor(gradients, limit)?.dataSync()[0]);
        expect(factor(1)).toBeCloseTo(0.2, 6);
        expect(factor(4)).toBeCloseTo(0.8, 6);
        expect(factor(10)).toBe(1);
        tf.dispose(gradients);
      }
    });
  });

  it('is nothing where nothing is to be clipped', async () => {
    await switchBackend(backend);
    const gradients = { w: tf.tensor1d([3, 4]) };
    expect(clipFactor(gradients, 0)).toBeUndefined();
    expect(clipFactor({}, 1)).toBeUndefined();
    tf.dispose(gradients);
  });
});
