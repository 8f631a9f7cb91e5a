/**
 * Adapters that change the keys too, as PEFT trains GPT-2's `c_attn` and people train RoBERTa: their logits against those of
 * weights that were changed by hand, W + s B A, of DoRA m ⊙ (W + s B A) / ‖W + s B A‖.
 */
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { readPeftAdapter } from '../adapters/peftRead';
import { parseExperimentConfig } from '../config/experiment';
import { createMethod } from '../methods/registry';
import {
  createTaskModel,
  disposeTaskModel,
  initHead,
  type TaskModel,
  taskLogits,
  toDevice,
} from '../model/taskModel';
import { RandomStream } from '../random/stream';
import { collate } from '../tasks/batches';
import type { FileBytes } from '../tensor/fileSet';
import { jsonFile } from '../tensor/fileSet';
import { disposeRecord, type TensorRecord } from '../tensor/records';
import { writeSafetensors } from '../tensor/safetensors';
import { switchBackend } from '../testing/backends';
import { relativeError } from '../testing/relativeError';
import { tinyGpt2, tinyModel } from '../testing/tinyModel';
import { finish, inputFor } from '../testing/tinySession';
import { fitAdapter, startingWeights } from './importedAdapter';
import { ExperimentSession } from './session';

beforeAll(() => switchBackend('wasm'));

const d = 16;
const rank = 3;
const alpha = 6;
const draw = (stream: number, shape: [number, number] | [number]) => ({
  shape: [...shape],
  data: RandomStream.of(9, 'adapter', stream).fillNormal(
    shape.reduce((n, size) => n * size, 1),
    0.3,
  ),
});

interface Module {
  name: string;
  out: number;
}
const gpt2Modules: Module[] = [0, 1].map((n) => ({ name: `transformer.h.${n}.attn.c_attn`, out: 3 * d }));
const robertaModules: Module[] = [0, 1].flatMap((n) =>
  ['query', 'key', 'value'].map((part) => ({
    name: `roberta.encoder.layer.${n}.attention.self.${part}`,
    out: d,
  })),
);

/** What PEFT would have written. */
function adapterFiles(modules: readonly Module[], dora: boolean): FileBytes[] {
  const tensors = modules.flatMap(({ name, out }, i) => {
    const at = `base_model.model.${name}`;
    const magnitude = draw(100 + i, [out]);
    magnitude.data.forEach((x, j) => {
      magnitude.data[j] = 1 + Math.abs(x);
    });
    return [
      [`${at}.lora_A.weight`, draw(i, [rank, d])],
      [`${at}.lora_B.weight`, draw(50 + i, [out, rank])],
      ...(dora ? [[`${at}.lora_magnitude_vector`, magnitude]] : []),
    ] as [string, ReturnType<typeof draw>][];
  });
  const json = { peft_type: 'LORA', r: rank, lora_alpha: alpha, use_dora: dora, bias: 'none' };
  return [
    jsonFile('adapter_config.json', json),
    { name: 'adapter_model.safetensors', bytes: writeSafetensors(tensors) },
  ];
}

/** The model's weights with every update in them, computed on the whole matrices. */
function changedByHand(model: TaskModel, modules: readonly Module[], dora: boolean): TensorRecord {
  const changed: Record<string, tf.Tensor> = { ...model.frozen };
  modules.forEach(({ name, out }, i) => {
    const key = `${name}.weight`;
    const isConv = name.endsWith('c_attn');
    const w = model.frozen[key] as tf.Tensor;
    const [a, b] = [draw(i, [rank, d]), draw(50 + i, [out, rank])];
    const update = tf.mul(
      tf.matMul(tf.tensor2d(b.data, [out, rank]), tf.tensor2d(a.data, [rank, d])),
      alpha / rank,
    );
    let v = tf.add(isConv ? tf.transpose(w) : w, update); // (out, in)
    if (dora) {
      const m = tf.add(1, tf.abs(tf.tensor1d(draw(100 + i, [out]).data)));
      v = tf.mul(v, tf.expandDims(tf.div(m, tf.norm(v, 2, 1)), 1));
    }
    changed[key] = isConv ? tf.transpose(v) : v;
  });
  return changed;
}

const families = {
  gpt2: {
    arrays: tinyGpt2(),
    head: { kind: 'language', labelSmoothing: 0 } as const,
    label: [-100, -100, 30, 12, 2],
    modules: gpt2Modules,
  },
  roberta: {
    arrays: tinyModel(),
    head: { kind: 'classification', outputs: 2 } as const,
    label: 0,
    modules: robertaModules,
  },
};
const cases = (['gpt2', 'roberta'] as const).flatMap((family) =>
  [false, true].map((dora) => ({ family, dora })),
);

describe.each(cases)('an adapter with keys on $family (DoRA: $dora)', ({ family, dora }) => {
  const { arrays, head, label, modules } = families[family];

  it('gives the logits of weights that were changed by hand', async () => {
    const before = tf.memory().numTensors;
    const { model } = await createTaskModel(arrays, { head, pretrained: true, seed: 1 });
    const adapter = readPeftAdapter(adapterFiles(modules, dora));
    expect(adapter.layers.map(({ layer }) => layer).filter((layer) => layer.startsWith('0.'))).toEqual([
      '0.key',
      '0.query',
      '0.value',
    ]);
    const imported = await fitAdapter(adapter, model, { name: 'mine', modelName: 'tiny' });
    const weights = startingWeights(imported, model);
    const method = createMethod(dora ? 'dora' : 'lora', {
      config: parseExperimentConfig({}),
      model,
      ...imported,
    });
    const own = initHead(model);
    tf.tidy(() => {
      const batch = toDevice(model, collate([{ ids: [0, 9, 30, 12, 2], label }], 1));
      const frozen = changedByHand(model, modules, dora);
      const expected = taskLogits({ ...model, frozen } as TaskModel, own, batch).dataSync();
      const hooked = taskLogits(model, weights, batch, method.hooks(weights)).dataSync();
      expect(relativeError(hooked, expected)).toBeLessThan(1e-5);
      const merged = method.merge?.(model.frozen, weights) ?? {};
      const mergedModel = { ...model, frozen: merged } as TaskModel;
      expect(relativeError(taskLogits(mergedModel, weights, batch).dataSync(), expected)).toBeLessThan(1e-5);
      const plain = taskLogits(model, own, batch).dataSync();
      expect(relativeError(expected, plain)).toBeGreaterThan(1e-2);
    });
    disposeRecord(weights);
    disposeRecord(own);
    disposeTaskModel(model);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('is trained on, and leaves with its keys', async () => {
    const kind = family === 'gpt2' ? 'generation' : 'sequence';
    const adapter = readPeftAdapter(adapterFiles(modules, dora));
    const input = { ...inputFor(kind, dora ? 'dora' : 'lora', { adapter: { from: 'mine' } }), adapter };
    const session = await ExperimentSession.create(input);
    await finish(session);
    const exported = readPeftAdapter(await session.exportAdapter(session.config.method));
    session.dispose();
    expect(exported.layers.map(({ layer }) => layer)).toEqual(adapter.layers.map(({ layer }) => layer));
    const keyOf = (read: typeof adapter) => read.layers.find(({ layer }) => layer === '1.key')?.loraB.data;
    expect(keyOf(exported)).not.toEqual(keyOf(adapter));
  });
});
