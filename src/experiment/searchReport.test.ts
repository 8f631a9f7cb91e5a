import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import type { LoraLayer } from '../adapters/lora';
import { expectNoLeak, switchBackend } from '../testing/backends';
import { LossMeter } from './lossMeter';
import { normOf, readSelections } from './searchReport';

const layer = (name: string): LoraLayer => ({
  module: `module ${name}`,
  name,
  inSize: 2,
  outSize: 3,
  rank: 2,
  scaling: 1,
});

describe('readSelections', () => {
  it('gives each layer its own numbers, magnitudes as ‖A_j‖·‖B_j‖, and settles the meters', async () => {
    await switchBackend('cpu');
    await expectNoLeak(async () => {
      const layers = [layer('0.query'), layer('0.value')];
      const weights = {
        // Rows of A of length 5 and 2, columns of B of length 3 and 1.
        'module 0.query.lora_A.weight': tf.tensor2d([3, 4, 0, 2], [2, 2]),
        'module 0.query.lora_B.weight': tf.tensor2d([1, 0, 2, -1, 2, 0], [3, 2]),
        'module 0.value.lora_A.weight': tf.tensor2d([1, 0, 0, 1], [2, 2]),
        'module 0.value.lora_B.weight': tf.zeros([3, 2]),
      };
      const record = (...values: [number[], number[]]) => ({
        'module 0.query': tf.tensor1d(values[0]),
        'module 0.value': tf.tensor1d(values[1]),
      });
      const beta = record([0, Math.log(3)], [0, 0]);
      const terms = { direct: record([3, 0], [0, 4]), implicit: record([0, 5], [12, 0]) };
      const meter = new LossMeter([1]);
      meter.add(tf.scalar(4));
      const found = await readSelections({ layers, weights, beta, terms }, 'softmax', [meter]);
      expect(found).toEqual([
        {
          layer: '0.query',
          beta: [0, expect.closeTo(Math.log(3), 6)],
          selection: [expect.closeTo(0.25, 6), expect.closeTo(0.75, 6)],
          direct: [3, 0],
          implicit: [0, 5],
          magnitude: [15, 2],
        },
        {
          layer: '0.value',
          beta: [0, 0],
          selection: [0.5, 0.5],
          direct: [0, 4],
          implicit: [12, 0],
          magnitude: [0, 0],
        },
      ]);
      expect([normOf(found, 'direct'), normOf(found, 'implicit')]).toEqual([5, 13]);
      expect(meter.takeMean()).toBe(2.5);
      expect(meter.numbers).toEqual([]);
      tf.dispose([weights, beta, terms]);
    });
  });
});
