/** The self-check agrees between backends that are right, and names what is wrong in one that is not. */
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { beforeAll, describe, expect, it } from 'vitest';
import { measureSelfCheck, SELF_CHECK_TOLERANCE, worstDisagreement } from './selfCheck';

beforeAll(() => tf.enableProdMode());

describe('measureSelfCheck', () => {
  it('gives the same loss and gradients on WASM and CPU, and leaves no tensor behind', async () => {
    await tf.setBackend('wasm');
    const before = tf.memory().numTensors;
    const wasm = await measureSelfCheck();
    expect(tf.memory().numTensors).toBe(before);
    await tf.setBackend('cpu');
    const cpu = await measureSelfCheck();
    const { error } = worstDisagreement(wasm, cpu);
    expect(error).toBeLessThan(SELF_CHECK_TOLERANCE / 10);
    expect(error).toBeGreaterThan(0);
  });

  it('reaches every weight but the key biases, which shift all scores of a row alike', async () => {
    await tf.setBackend('cpu');
    const none = [...(await measureSelfCheck())]
      .filter(([, values]) => values.every((value) => Math.abs(value) < 1e-6))
      .map(([name]) => name);
    expect(none).toEqual(
      [0, 1].map((index) => `the gradient of roberta.encoder.layer.${index}.attention.self.key.bias`),
    );
  });
});

describe('worstDisagreement', () => {
  const reference = new Map([
    ['loss', Float32Array.of(0.7)],
    ['a gradient', Float32Array.of(1, -2, 4)],
  ]);

  it('is relative to the largest magnitude of the tensor', () => {
    const measured = new Map([...reference, ['a gradient', Float32Array.of(1, -2, 4.4)] as const]);
    const { error, where } = worstDisagreement(measured, reference);
    expect(where).toBe('a gradient');
    expect(error).toBeCloseTo(0.1, 5);
  });

  it('takes NaN and missing values for infinitely wrong', () => {
    const broken = new Map([...reference, ['loss', Float32Array.of(Number.NaN)] as const]);
    expect(worstDisagreement(broken, reference)).toEqual({ error: Number.POSITIVE_INFINITY, where: 'loss' });
    expect(worstDisagreement(new Map(), reference).error).toBe(Number.POSITIVE_INFINITY);
  });
});
