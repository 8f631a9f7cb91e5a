/** Where selection starts: the same weight for every component, whatever stands for it. */
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { NODE_BACKENDS, switchBackend } from '../testing/backends';
import { tinyModel } from '../testing/tinyModel';
import { loraLayers } from './lora';
import { initSelection, selectionWeights } from './selection';

const layers = loraLayers(
  tinyModel().config,
  () => 4,
  () => 1,
);

describe.each(NODE_BACKENDS)('initSelection on %s', (backend) => {
  it.each([
    { variant: 'softmax', start: undefined, beta: 0, weight: 0.25 },
    { variant: 'sigmoid', start: undefined, beta: 0, weight: 0.5 },
    { variant: 'none', start: undefined, beta: 0.25, weight: 0.25 },
    { variant: 'softmax', start: 1, beta: 1, weight: 0.25 },
  ] as const)('at rank 4: $variant, from $start, is β = $beta and a = $weight', async (expected) => {
    await switchBackend(backend);
    tf.tidy(() => {
      const beta = initSelection(layers, expected.variant, expected.start);
      const weights = selectionWeights(beta, expected.variant);
      for (const [record, value] of [
        [beta, expected.beta],
        [weights, expected.weight],
      ] as const) {
        expect(Object.keys(record)).toEqual(layers.map(({ module }) => module));
        for (const tensor of Object.values(record))
          expect([...tensor.dataSync()]).toEqual([value, value, value, value]);
      }
    });
  });
});
