import * as tf from '@tensorflow/tfjs';
import { expect, it, vi } from 'vitest';
import { expectNoLeak, switchBackend } from '../testing/backends';
import { fusedNorms } from './fusedNorms';

it('gives the norm of each output of the fused projections, and keeps no tensor, nor where reading fails', async () => {
  await switchBackend('cpu');
  await expectNoLeak(async () => {
    const frozen = {
      'h.0.attn.c_attn.weight': tf.tensor2d([3, 0, 4, 2], [2, 2]),
      'h.0.attn.c_proj.weight': tf.zeros([2, 2]),
    };
    expect(await fusedNorms({ frozen })).toEqual(new Map([['h.0.attn.c_attn', new Float32Array([5, 2])]]));
    vi.spyOn(tf.Tensor.prototype, 'data').mockRejectedValueOnce(new Error('no reading'));
    await expect(fusedNorms({ frozen })).rejects.toThrow('no reading');
    tf.dispose(frozen);
  });
});
