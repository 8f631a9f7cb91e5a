/** The loss that steps take: the same masks in every pass of a step, others in another step, stream or run. */
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { initHead, toDevice } from '../model/taskModel';
import { collate } from '../tasks/batches';
import { disposeRecord, type TensorRecord } from '../tensor/records';
import { switchBackend } from '../testing/backends';
import { inputFor } from '../testing/tinySession';
import { type HooksUnder, lossOn } from './batchLoss';
import { createContext, type ExperimentContext } from './context';
import { CostMeter } from './cost';

let context: ExperimentContext;
let weights: TensorRecord;

beforeAll(async () => {
  await switchBackend('wasm');
  context = await createContext(inputFor('sequence', 'lora'));
  weights = initHead(context.model);
});

afterAll(() => {
  disposeRecord(weights);
  tf.dispose(Object.values(context.model.frozen));
});

type Pass = Parameters<typeof lossOn>[3];

/** Losses of two calls of one function, and the adapter's dropout that it was given. */
function lossesAt({
  seed = 3,
  adapterRate = 0,
  ...more
}: Partial<Pass> & { seed?: number; adapterRate?: number }) {
  const { config } = context;
  const changed = { ...config, seed, adapter: { ...config.adapter, dropout: adapterRate } };
  const cost = new CostMeter();
  const batch = toDevice(context.model, collate(context.train.slice(0, 4), context.tokenizer.padId));
  const seen: Parameters<HooksUnder>[2][] = [];
  const hooksUnder: HooksUnder = (_weights, _beta, dropout) => {
    seen.push(dropout);
    return {};
  };
  const pass: Pass = { dropout: 0.2, stream: 'searchTrain', step: 5, cost, ...more };
  const losses = tf.tidy(() => {
    const loss = lossOn({ ...context, config: changed }, hooksUnder, batch, pass);
    return [loss(weights, {}), loss(weights, {})].map((scalar) => scalar.dataSync()[0]);
  });
  tf.dispose([batch.labels, ...Object.values(batch.tokens)]);
  return { losses, seen, cost: cost.total };
}

describe('lossOn', () => {
  it('drops the same elements in every pass of a step, however often it is asked', () => {
    const { losses, cost } = lossesAt({});
    expect(losses[1]).toBe(losses[0]);
    expect(lossesAt({}).losses).toEqual(losses);
    expect(cost).toMatchObject({ forwardPasses: 2, backwardPasses: 2 });
  });

  it.each([
    ['step', { step: 6 }],
    ['stream', { stream: 'searchValidation' }],
    ['stream of a retraining', { stream: 'retrain' }],
    ['seed', { seed: 4 }],
    ['rate', { dropout: 0 }],
  ] as const)('drops others with another %s', (_, change) => {
    expect(lossesAt(change).losses[0]).not.toBe(lossesAt({}).losses[0]);
  });

  it('drops nothing at rate 0, whatever the step', () => {
    expect(lossesAt({ dropout: 0, step: 6 }).losses).toEqual(lossesAt({ dropout: 0 }).losses);
    expect(lossesAt({}).seen).toEqual([undefined, undefined]);
  });

  it('gives the adapter its own rate, and the key of the step', () => {
    const keyOf = (step: number) => {
      const [first, second] = lossesAt({ adapterRate: 0.4, step }).seen;
      expect(first).toEqual({ rate: 0.4, key: expect.any(Number) });
      expect(second).toEqual(first);
      return first?.key;
    };
    expect(keyOf(6)).not.toBe(keyOf(5));
  });
});
