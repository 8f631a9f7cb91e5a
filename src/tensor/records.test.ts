/** Reading tensors back: in few transfers, none of them too large, and nothing left behind. */
import * as tf from '@tensorflow/tfjs';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { expectNoLeak, NODE_BACKENDS, switchBackend } from '../testing/backends';
import { readTensors } from './records';

describe.each(NODE_BACKENDS)('readTensors on %s', (name) => {
  beforeEach(() => switchBackend(name));
  const backend = () => tf.backend() as { read(id: object): Promise<Float32Array> };

  it('joins what fits into one transfer and reads what is larger alone', async () => {
    const sizes = [2, 3, 9, 1, 5, 1, 4];
    const tensors = sizes.map((size, i) => tf.fill([1, size], i));
    const read = vi.spyOn(backend(), 'read');
    try {
      await expectNoLeak(async () => {
        const values = await readTensors(tensors, 6 * 4);
        expect(values.map((value) => [...value])).toEqual(sizes.map((size, i) => Array(size).fill(i)));
        const transferred = await Promise.all(
          read.mock.results.map(async ({ value }) => (await value).length),
        );
        // 2 + 3, 9, 1 + 5, 1 + 4
        expect(transferred).toEqual([5, 9, 6, 5]);
      });
    } finally {
      read.mockRestore();
      tf.dispose(tensors);
    }
  });

  it('gives values of its own', async () => {
    const tensor = tf.tensor1d([1, 2]);
    const [values] = await readTensors([tensor]);
    values?.fill(7);
    expect([...(await tensor.data())]).toEqual([1, 2]);
    tensor.dispose();
  });

  it('leaves nothing behind where a transfer fails', async () => {
    const tensors = [tf.tensor1d([1]), tf.tensor1d([2, 3])];
    const read = vi.spyOn(backend(), 'read').mockRejectedValue(new Error('the device is lost'));
    try {
      await expectNoLeak(() => expect(readTensors(tensors)).rejects.toThrow('the device is lost'));
    } finally {
      read.mockRestore();
      tf.dispose(tensors);
    }
  });
});
