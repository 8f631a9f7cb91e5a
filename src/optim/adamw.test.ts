/** The step against its formula in plain numbers, and its Jacobian against central differences of the step. */
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { expectClose, NODE_BACKENDS, switchBackend } from '../testing/backends';
import { type PlainAdam, plainAdamSlope, plainAdamStep } from '../testing/plainAdam';
import { ADAM_DEFAULTS, adamJacobianProduct, adamUpdate } from './adamw';

const gradient = [0.4, -0.7, 0.02, 1.1];
const mean = [0.5, 0.3, -0.01, 0.9];
const square = [0.2, 0.6, 0.0005, 1.3];
const weight = [1, -2, 0.5, 0];
const options = { ...ADAM_DEFAULTS, weightDecay: 0.1 };
/** Before the third step. */
const state = () => ({ step: 2, mean: { w: tf.tensor1d(mean) }, square: { w: tf.tensor1d(square) } });
const LEARNING_RATE = 0.5;

const entry = (i: number): PlainAdam => ({
  weight: weight[i] as number,
  mean: mean[i] as number,
  square: square[i] as number,
  step: 2,
  learningRate: LEARNING_RATE,
  weightDecay: options.weightDecay,
});
const stepped = (g: number, i: number) => plainAdamStep(entry(i), g);

describe.each(NODE_BACKENDS)('AdamW on %s', (backend) => {
  it('steps by its formula, of clipped gradients too', async () => {
    await switchBackend(backend);
    tf.tidy(() => {
      const update = (scale?: tf.Scalar) =>
        adamUpdate(
          { w: tf.tensor1d(weight) },
          { w: tf.tensor1d(gradient) },
          state(),
          LEARNING_RATE,
          options,
          scale,
        );
      const { weights, state: after } = update();
      expectClose(weights.w?.dataSync() ?? [], gradient.map(stepped), 1e-6);
      expect(after.step).toBe(3);
      const clipped = update(tf.scalar(0.25)).weights.w?.dataSync() ?? [];
      expectClose(
        clipped,
        gradient.map((g, i) => stepped(0.25 * g, i)),
        1e-6,
      );
    });
  });

  it('has the derivative that its step has', async () => {
    await switchBackend(backend);
    tf.tidy(() => {
      const vector = [2, -1, 0.01, 3];
      const product = adamJacobianProduct(
        { w: tf.tensor1d(gradient) },
        { w: tf.tensor1d(vector) },
        state(),
        LEARNING_RATE,
        options,
      );
      const expected = gradient.map((g, i) => plainAdamSlope(entry(i), g) * (vector[i] as number));
      const found = product.w?.dataSync() ?? [];
      // Each by itself: they differ in size.
      expected.forEach((value, i) => {
        expectClose([found[i] as number], [value], 1e-5);
      });
    });
  });
});
