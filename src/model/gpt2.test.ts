/** GPT-2 as a decoder: later tokens change nothing before them, padding changes nothing, wrong input is refused. */
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { expectClose, switchBackend } from '../testing/backends';
import { tinyGpt2 } from '../testing/tinyModel';
import { disposeTokenBatch, type TokenBatch } from './forward';
import { gpt2Batch, languageLogits } from './gpt2';

beforeAll(() => switchBackend('wasm'));

const { config, tensors } = tinyGpt2();
const weightsOf = () =>
  Object.fromEntries([...tensors].map(([name, { shape, data }]) => [name, tf.tensor(data, shape)]));
const batchOf = (rows: number[][], length = Math.max(...rows.map((row) => row.length))) => {
  const inputIds = new Int32Array(rows.length * length).fill(config.eosTokenId);
  const attentionMask = new Int32Array(inputIds.length);
  rows.forEach((row, i) => {
    inputIds.set(row, i * length);
    attentionMask.fill(1, i * length, i * length + row.length);
  });
  return gpt2Batch({ size: rows.length, length, inputIds, attentionMask });
};
const logitsAt = (batch: TokenBatch, positions: number[], dropoutKey?: number) =>
  tf.tidy(() => {
    const dropout =
      dropoutKey === undefined ? undefined : { hidden: 0.3, attention: 0.3, head: 0, key: dropoutKey };
    const at = tf.tensor1d(positions, 'int32');
    return [...languageLogits(config, weightsOf(), batch, at, { dropout }).dataSync()];
  });

describe('languageLogits', () => {
  it('gives a position the same logits whatever follows it, alone or in a padded batch', () => {
    const alone = logitsAt(batchOf([[5, 9, 30]]), [0, 1, 2]);
    expectClose(logitsAt(batchOf([[5, 9, 30, 12, 40]]), [0, 1, 2]), alone, 1e-6);
    const padded = batchOf([
      [7, 8, 9, 10, 11, 12],
      [5, 9, 30],
    ]);
    expectClose(logitsAt(padded, [6, 7, 8]), alone, 1e-6);
    expect(logitsAt(batchOf([[5, 8, 30]]), [2])).not.toEqual(logitsAt(batchOf([[5, 9, 30]]), [2]));
  });

  it('drops the same elements with the same key, and others with another', () => {
    const batch = batchOf([[5, 9, 30]]);
    expect(logitsAt(batch, [2], 4)).toEqual(logitsAt(batch, [2], 4));
    expect(logitsAt(batch, [2], 4)).not.toEqual(logitsAt(batch, [2], 5));
    expect(logitsAt(batch, [2], 4)).not.toEqual(logitsAt(batch, [2]));
  });
});

describe('gpt2Batch', () => {
  it('refuses padding on the left, and is freed whole', () => {
    const before = tf.memory().numTensors;
    const rows = { size: 1, length: 3, inputIds: Int32Array.of(1, 2, 3) };
    expect(() => gpt2Batch({ ...rows, attentionMask: Int32Array.of(0, 1, 1) })).toThrow(
      'Row 1 of the batch has padding before a token',
    );
    disposeTokenBatch(gpt2Batch({ ...rows, attentionMask: Int32Array.of(1, 1, 0) }));
    expect(tf.memory().numTensors).toBe(before);
  });
});
