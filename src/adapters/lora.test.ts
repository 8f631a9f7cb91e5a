/** Merging: a checkpoint with the update in its weights gives the logits of the adapter beside it; what LoRA is put on. */
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { createTaskModel, type Head, initHead, taskLogits, toDevice } from '../model/taskModel';
import { RandomStream } from '../random/stream';
import { collate } from '../tasks/batches';
import { mapRecord, tensorOf } from '../tensor/records';
import { expectClose, switchBackend } from '../testing/backends';
import { tinyGpt2, tinyModel } from '../testing/tinyModel';
import { adaptWithLora, initLora, loraAName, loraBName, loraTargets, mergeLora } from './lora';
import { initSelection, selectionWeights } from './selection';

beforeAll(() => switchBackend('wasm'));

const families = {
  roberta: { arrays: tinyModel(), head: { kind: 'classification', outputs: 3 } as Head, label: 0 },
  gpt2: {
    arrays: tinyGpt2(),
    head: { kind: 'language', labelSmoothing: 0 } as Head,
    label: [-100, -100, 30, 12, 2],
  },
};

const cases = (['roberta', 'gpt2'] as const).flatMap((family) =>
  [true, false].map((selecting) => ({ family, selecting })),
);

describe('initLora', () => {
  it('draws A uniformly within 1/√in, another for every layer, and has B at 0', () => {
    tf.tidy(() => {
      const layers = loraTargets({ family: 'roberta', layers: 2, hiddenSize: 64 }).map((target) => ({
        ...target,
        rank: 16,
        scaling: 1,
      }));
      const weights = initLora(layers, 3);
      const drawn = layers.map(({ module }) => tensorOf(weights, loraAName(module)).dataSync<'float32'>());
      for (const a of drawn) {
        // U(±1/8): largest of 1,024 close below the bound, mean 0, root mean square 1/√(3 · 64).
        expect(Math.max(...a.map(Math.abs))).toBeLessThanOrEqual(1 / 8);
        expect(Math.max(...a)).toBeGreaterThan(0.12);
        expect(Math.min(...a)).toBeLessThan(-0.12);
        const rms = Math.sqrt(a.reduce((total, x) => total + x * x, 0) / a.length);
        expect(Math.abs(rms * Math.sqrt(3 * 64) - 1)).toBeLessThan(0.06);
      }
      expect(new Set(drawn.map(([first]) => first)).size).toBe(layers.length);
      for (const { module } of layers)
        expect(tensorOf(weights, loraBName(module)).dataSync()).toEqual(new Float32Array(64 * 16));
      expect(tensorOf(initLora(layers, 4), loraAName(layers[0]?.module ?? '')).dataSync()).not.toEqual(
        drawn[0],
      );
    });
  });
});

describe('mergeLora', () => {
  it.each(cases)('gives the same logits ($family, selection: $selecting)', async ({ family, selecting }) => {
    const { arrays, head, label } = families[family];
    const { model } = await createTaskModel(arrays, { head, pretrained: true, seed: 1 });
    tf.tidy(() => {
      // One layer has rank 0: its projection stays as it is.
      const layers = loraTargets(model.config).map((target, i) => ({ ...target, rank: i, scaling: 1.5 }));
      const noise = (tensor: tf.Tensor) =>
        tf.add(tensor, tf.tensor(RandomStream.of(5, 'data').fillNormal(tensor.size, 0.3), tensor.shape));
      const weights = mapRecord(initLora(layers, 3), noise);
      const beta = mapRecord(initSelection(layers, 'softmax'), noise);
      const pass = { weights, selection: selecting ? selectionWeights(beta, 'softmax') : undefined };
      const batch = toDevice(model, collate([{ ids: [0, 9, 30, 12, 2], label }], 1));
      const trained = initHead(model);

      const adapted = taskLogits(model, trained, batch, { adapt: adaptWithLora(layers, pass) });
      const frozen = mergeLora(model.frozen, layers, pass);
      const merged = taskLogits({ ...model, frozen }, trained, batch);
      expectClose(merged.dataSync(), adapted.dataSync(), 1e-6);
      const plain = taskLogits(model, trained, batch);
      expect(merged.dataSync()).not.toEqual(plain.dataSync());
      const changed = Object.keys(frozen).filter((name) => frozen[name] !== model.frozen[name]);
      expect(changed).toEqual(
        family === 'roberta'
          ? layers.slice(1).map(({ module }) => `${module}.weight`)
          : ['transformer.h.0.attn.c_attn.weight', 'transformer.h.1.attn.c_attn.weight'],
      );
    });
    tf.dispose(Object.values(model.frozen));
  });
});

describe('adaptWithLora', () => {
  it('drops the input of the branch alone, by key and layer', () => {
    tf.tidy(() => {
      const layers = loraTargets({ family: 'roberta', layers: 1, hiddenSize: 8 }).map((target) => ({
        ...target,
        rank: 2,
        scaling: 1,
      }));
      const weights = mapRecord(initLora(layers, 3), (tensor) => tf.add(tensor, 0.3));
      // The same weights in both layers, so that their masks alone can differ.
      const [first, second] = layers.map(({ module }) => module) as [string, string];
      const shared = {
        ...weights,
        [loraAName(second)]: tensorOf(weights, loraAName(first)),
      };
      const x = tf.tensor2d(RandomStream.of(1, 'data').fillNormal(24, 1), [3, 8]);
      const output = tf.tensor2d(RandomStream.of(2, 'data').fillNormal(24, 1), [3, 8]);
      const adapted = (module: string, dropout?: { rate: number; key: number }) =>
        adaptWithLora(layers, { weights: shared, dropout })(module, x, output).dataSync();
      expect(adapted(first, { rate: 0.999999, key: 1 })).toEqual(output.dataSync());
      const half = { rate: 0.5, key: 1 };
      expect(adapted(first, half)).toEqual(adapted(first, half));
      expect(adapted(second)).toEqual(adapted(first));
      for (const other of [adapted(second, half), adapted(first, { ...half, key: 2 }), adapted(first)])
        expect(other).not.toEqual(adapted(first, half));
    });
  });

  it('reaches the query and the value columns of c_attn, each by itself', async () => {
    const { arrays, head, label } = families.gpt2;
    const { model } = await createTaskModel(arrays, { head, pretrained: true, seed: 1 });
    tf.tidy(() => {
      const targets = loraTargets(model.config);
      expect(targets.map(({ name }) => name)).toEqual(['0.query', '0.value', '1.query', '1.value']);
      expect(loraAName(targets[1]?.module ?? '')).toBe('transformer.h.0.attn.c_attn.value.lora_A.weight');
      const batch = toDevice(model, collate([{ ids: [0, 9, 30, 12, 2], label }], 1));
      const logitsWith = (chosen: string[]) => {
        const layers = targets.map((target) => ({
          ...target,
          rank: chosen.includes(target.name) ? 2 : 0,
          scaling: 1,
        }));
        const weights = mapRecord(initLora(layers, 3), (tensor) => tf.add(tensor, 0.3));
        return taskLogits(model, {}, batch, { adapt: adaptWithLora(layers, { weights }) }).dataSync();
      };
      const seen = [[], ['0.query'], ['0.value'], ['0.query', '0.value']].map((names) =>
        [...logitsWith(names)].join(),
      );
      expect(new Set(seen).size).toBe(4);
    });
    tf.dispose(Object.values(model.frozen));
  });
});
