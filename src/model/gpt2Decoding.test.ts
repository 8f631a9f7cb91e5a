/** The cached decoder against the whole forward pass, rows of different lengths, reordering, leaks and refusals. */
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { beamSearch } from '../generation/beamSearch';
import { finished } from '../generation/decoder';
import { greedy } from '../generation/greedy';
import { expectClose, expectNoLeak, NODE_BACKENDS, switchBackend } from '../testing/backends';
import { tinyGpt2 } from '../testing/tinyModel';
import { gpt2Batch, languageLogits } from './gpt2';
import { Gpt2Decoder } from './gpt2Decoding';

const { config, tensors } = tinyGpt2();
const withWeights = async (work: (weights: Record<string, tf.Tensor>) => Promise<void>) => {
  const weights = Object.fromEntries([...tensors].map(([n, { shape, data }]) => [n, tf.tensor(data, shape)]));
  await work(weights).finally(() => tf.dispose(weights));
};
const uncached = (weights: Record<string, tf.Tensor>, ids: number[]) =>
  tf.tidy(() => {
    const rows = {
      size: 1,
      length: ids.length,
      inputIds: Int32Array.from(ids),
      attentionMask: new Int32Array(ids.length).fill(1),
    };
    const logits = languageLogits(config, weights, gpt2Batch(rows), tf.tensor1d([ids.length - 1], 'int32'));
    return tf.logSoftmax(logits).dataSync();
  });

describe.each(NODE_BACKENDS)('Gpt2Decoder on %s', (backend) => {
  it('gives what the forward pass gives, row by row, step by step, reordered', async () => {
    await switchBackend(backend);
    await expectNoLeak(() =>
      withWeights(async (weights) => {
        const decoder = new Gpt2Decoder(config, weights);
        let texts = [[5, 9, 12, 30, 7], [8], [3, 3, 40]];
        const compare = (rows: Float64Array[]) => {
          expect(rows.length).toBe(texts.length);
          rows.forEach((row, i) => {
            expectClose(row, uncached(weights, texts[i] as number[]), 1e-5);
          });
        };
        compare(await decoder.start(texts.map((ids) => ({ ids }))));
        for (const [order, tokens] of [
          [
            [0, 1, 2],
            [4, 5, 6],
          ],
          [
            [1, 1, 2, 0],
            [11, 12, 13, 14],
          ],
          [
            [3, 0],
            [20, 21],
          ],
        ] as const) {
          decoder.reorder(order);
          texts = order.map((from, i) => [...(texts[from] as number[]), tokens[i] as number]);
          compare(await decoder.next(tokens));
        }
        decoder.dispose();
      }),
    );
  });

  it('leaves no tensor behind when cancelled, abandoned or refused', async () => {
    await switchBackend(backend);
    await expectNoLeak(() =>
      withWeights(async (weights) => {
        const decoder = () => new Gpt2Decoder(config, weights);
        const options = { maxNewTokens: 6, endIds: [] };
        let asked = 0;
        const [result] = await finished(
          greedy(decoder(), [{ ids: [4, 5] }], options, { cancelled: () => ++asked > 4 }),
        );
        expect(result?.finishReason).toBe('cancelled');
        expect(result?.ids.length).toBeGreaterThan(0);
        expect(result?.ids.length).toBeLessThan(6);
        const beams = { ...options, beams: 3, convention: 'transformers' } as const;
        for await (const step of beamSearch(decoder(), [{ ids: [4] }], beams))
          if (step.ids.length === 2) break;
        const long = Array.from({ length: config.maxPositions }, () => 1);
        await expect(finished(greedy(decoder(), [{ ids: long }], options))).rejects.toThrow(
          /Prompt 1 has 40 tokens and leaves none of the model's 40 positions/,
        );
        await expect(finished(greedy(decoder(), [{ ids: [] }], options))).rejects.toThrow(
          /Prompt 1 is empty/,
        );
      }),
    );
  });
});
