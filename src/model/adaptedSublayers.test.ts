/** Where a sub-layer's adapter stands in a block: after the dropout, before the residual. */
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { layerNorm } from '../tensor/ops';
import { type TensorRecord, tensorOf } from '../tensor/records';
import { expectClose, switchBackend } from '../testing/backends';
import { random } from '../testing/kernelCases';
import { TINY_SHAPE, tinyGpt2, tinyModel } from '../testing/tinyModel';
import { gpt2Batch, gpt2HiddenStates } from './gpt2';
import { robertaBatch, robertaHiddenStates } from './roberta';

beforeAll(() => switchBackend('wasm'));

const rows = {
  size: 1,
  length: 3,
  inputIds: Int32Array.of(5, 9, 30),
  attentionMask: new Int32Array(3).fill(1),
};
const pass = { hidden: 0.3, attention: 0.3, head: 0, key: 4 };
const recordOf = ({ tensors }: ReturnType<typeof tinyModel> | ReturnType<typeof tinyGpt2>): TensorRecord =>
  Object.fromEntries([...tensors].map(([name, { shape, data }]) => [name, tf.tensor(data, shape)]));

/** An adapter that answers every sub-layer with the same numbers, and the modules that it was asked for. */
function constantAdapter() {
  const answer = random(1, [1, 3, TINY_SHAPE.hiddenSize]);
  const asked: string[] = [];
  const adaptSublayer = (module: string, _output: tf.Tensor) => {
    asked.push(module);
    return answer;
  };
  return { answer, asked, adaptSublayer };
}

describe('adaptSublayer', () => {
  it('is within the post-norm residual of RoBERTa', () => {
    tf.tidy(() => {
      const { config, ...arrays } = tinyModel();
      const weights = recordOf({ config, ...arrays });
      const { answer, asked, adaptSublayer } = constantAdapter();
      const batch = robertaBatch(rows, config.padTokenId);
      const states = robertaHiddenStates(config, weights, batch, { adaptSublayer, dropout: pass });
      const block = 'roberta.encoder.layer.0';
      expect(asked.slice(0, 2)).toEqual([`${block}.attention.output.dense`, `${block}.output.dense`]);
      const normalised = (module: string, x: tf.Tensor) =>
        layerNorm(
          x,
          tensorOf(weights, `${module}.weight`),
          tensorOf(weights, `${module}.bias`),
          config.layerNormEps,
        );
      const middle = normalised(
        `${block}.attention.output.LayerNorm`,
        tf.add(answer, states[0] as tf.Tensor),
      );
      const expected = normalised(`${block}.output.LayerNorm`, tf.add(answer, middle));
      expectClose(states[1]?.dataSync() ?? [], expected.dataSync(), 1e-6);
    });
  });

  it('is within the pre-norm residual of GPT-2', () => {
    tf.tidy(() => {
      const { config, ...arrays } = tinyGpt2();
      const { answer, asked, adaptSublayer } = constantAdapter();
      const weights = recordOf({ config, ...arrays });
      const states = gpt2HiddenStates(config, weights, gpt2Batch(rows), { adaptSublayer, dropout: pass });
      expect(asked.slice(0, 2)).toEqual(['transformer.h.0.attn.c_proj', 'transformer.h.0.mlp.c_proj']);
      const expected = tf.add(states[0] as tf.Tensor, tf.mul(answer, 2));
      expectClose(states[1]?.dataSync() ?? [], expected.dataSync(), 1e-6);
    });
  });
});
