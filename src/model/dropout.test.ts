/** Where each rate of dropout stands in the two models, one rate at a time. */
import * as tf from '@tensorflow/tfjs';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { hashKey, RandomStream } from '../random/stream';
import { dropout, layerNorm, linear } from '../tensor/ops';
import { disposeRecord, type TensorRecord, tensorOf } from '../tensor/records';
import { expectClose, switchBackend } from '../testing/backends';
import { relativeError } from '../testing/relativeError';
import { tinyGpt2, tinyModel } from '../testing/tinyModel';
import { type DropoutPass, disposeTokenBatch, type ForwardOptions, type TokenBatch } from './forward';
import { gpt2Batch, gpt2HiddenStates, languageLogits } from './gpt2';
import { robertaBatch, robertaHiddenStates, sequenceLogits, tokenLogits } from './roberta';
import { expectedTensors, sequenceHeadTensors, tokenHeadTensors } from './tensorShapes';

const [size, length] = [2, 5];
const rows = {
  size,
  length,
  inputIds: Int32Array.from({ length: size * length }, (_, i) => 5 + ((7 * i) % 50)),
  attentionMask: new Int32Array(size * length).fill(1),
};
/** Of all but the largest random numbers: in these tests nothing is left. */
const everything = 0.999999;
const key = 77;
const pass = (rates: Partial<DropoutPass>): DropoutPass => ({
  hidden: 0,
  attention: 0,
  head: 0,
  key,
  ...rates,
});

/** Random tensors, biases and norms too, so that what is not dropped shows. */
function randomRecord(shapes: Iterable<readonly [string, readonly number[]]>): Record<string, tf.Tensor> {
  return Object.fromEntries(
    [...shapes].map(([name, shape], i) => {
      const length = shape.reduce((n, d) => n * d, 1);
      return [name, tf.tensor(RandomStream.of(i, 'weights').fillNormal(length, 0.3), [...shape])];
    }),
  );
}

/** The weights with zeros for those of the given names. */
const zeroed = (weights: TensorRecord, names: readonly string[]): TensorRecord => ({
  ...weights,
  ...Object.fromEntries(names.map((name) => [name, tf.zerosLike(tensorOf(weights, name))])),
});

const valuesOf = (tensor: tf.Tensor | undefined) => [...(tensor as tf.Tensor).dataSync()];

beforeAll(() => switchBackend('wasm'));

describe('dropout of RoBERTa', () => {
  const { config } = tinyModel();
  let weights: TensorRecord;
  let batch: TokenBatch;
  beforeEach(() => {
    const heads = [...sequenceHeadTensors(config.hiddenSize, 3), ...tokenHeadTensors(config.hiddenSize, 4)];
    weights = randomRecord([...expectedTensors(config), ...heads]);
    batch = robertaBatch(rows, config.padTokenId);
    return () => {
      disposeRecord(weights);
      disposeTokenBatch(batch);
    };
  });
  const dense = (module: string, x: tf.Tensor) =>
    linear(x, tensorOf(weights, `${module}.weight`), tensorOf(weights, `${module}.bias`));
  const lastStates = () => robertaHiddenStates(config, weights, batch)[config.layers] as tf.Tensor;

  it('of hidden states is after the embeddings and at the end of both sub-layers', () => {
    tf.tidy(() => {
      const [embedded, ...states] = robertaHiddenStates(config, weights, batch, {
        dropout: pass({ hidden: everything }),
      });
      expect(valuesOf(embedded)).toEqual(new Array(embedded?.size).fill(0));
      // Of the first block nothing is left but what its norms make of zeros.
      const bias = (name: string) => tensorOf(weights, `roberta.encoder.layer.0.${name}.bias`);
      const row = layerNorm(
        tf.reshape(bias('attention.output.LayerNorm'), [1, -1]),
        tensorOf(weights, 'roberta.encoder.layer.0.output.LayerNorm.weight'),
        bias('output.LayerNorm'),
        config.layerNormEps,
      );
      expectClose(valuesOf(states[0]), valuesOf(tf.tile(row, [size * length, 1])), 1e-6);
    });
  });

  it('of attention leaves nothing of the values but what its output adds', () => {
    tf.tidy(() => {
      const logits = (record: TensorRecord, options: ForwardOptions = {}) =>
        valuesOf(sequenceLogits(config, record, batch, options));
      const modules = [0, 1].map((layer) => `roberta.encoder.layer.${layer}.attention.output.dense.weight`);
      const dropped = logits(weights, { dropout: pass({ attention: everything }) });
      expectClose(dropped, logits(zeroed(weights, modules)), 1e-6);
      expect(relativeError(dropped, logits(weights))).toBeGreaterThan(1e-3);
    });
  });

  it('of the sequence head is before its dense layer and before its output', () => {
    tf.tidy(() => {
      const drop = (x: tf.Tensor, site: number) => dropout(x, 0.3, hashKey(key, 0x68, site));
      const first = tf.reshape(tf.slice(lastStates(), [0, 0, 0], [-1, 1, -1]), [size, -1]);
      const pooled = tf.tanh(dense('classifier.dense', drop(first, 0)));
      const expected = valuesOf(dense('classifier.out_proj', drop(pooled, 1)));
      const logits = sequenceLogits(config, weights, batch, { dropout: pass({ head: 0.3 }) });
      expectClose(valuesOf(logits), expected, 2e-6);
    });
  });

  it('of the token head is before its output', () => {
    tf.tidy(() => {
      const states = tf.reshape(lastStates(), [size * length, -1]);
      const expected = valuesOf(dense('classifier', dropout(states, 0.3, hashKey(key, 0x68, 0))));
      const logits = tokenLogits(config, weights, batch, { dropout: pass({ head: 0.3 }) });
      expectClose(valuesOf(logits), expected, 2e-6);
    });
  });
});

describe('dropout of GPT-2', () => {
  const { config } = tinyGpt2();
  let weights: TensorRecord;
  let batch: TokenBatch;
  beforeEach(() => {
    weights = randomRecord(expectedTensors(config));
    batch = gpt2Batch(rows);
    return () => {
      disposeRecord(weights);
      disposeTokenBatch(batch);
    };
  });

  it('of hidden states is after the embeddings and at the end of both sub-layers', () => {
    tf.tidy(() => {
      const states = gpt2HiddenStates(config, weights, batch, { dropout: pass({ hidden: everything }) });
      const last = states.pop() as tf.Tensor;
      for (const state of states) expect(valuesOf(state)).toEqual(new Array(state.size).fill(0));
      // What the last norm makes of zeros.
      const bias = tf.reshape(tensorOf(weights, 'transformer.ln_f.bias'), [1, -1]);
      expect(valuesOf(last)).toEqual(valuesOf(tf.tile(bias, [size * length, 1])));
    });
  });

  it('of attention leaves nothing of the values but what its output adds', () => {
    tf.tidy(() => {
      const positions = tf.range(0, size * length, 1, 'int32') as tf.Tensor1D;
      const logits = (record: TensorRecord, options: ForwardOptions = {}) =>
        valuesOf(languageLogits(config, record, batch, positions, options));
      const modules = [0, 1].map((layer) => `transformer.h.${layer}.attn.c_proj.weight`);
      const dropped = logits(weights, { dropout: pass({ attention: everything }) });
      expectClose(dropped, logits(zeroed(weights, modules)), 1e-6);
      expect(relativeError(dropped, logits(weights))).toBeGreaterThan(1e-3);
    });
  });
});
