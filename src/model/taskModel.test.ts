/** Every head: what it computes, what it starts from, what it refuses, and that nothing is left on the device. */
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { collate } from '../tasks/batches';
import { expectClose, switchBackend } from '../testing/backends';
import { tinyGpt2, tinyModel } from '../testing/tinyModel';
import type { StoredModel, TensorArray } from './loadedModel';
import {
  createTaskModel,
  disposeDeviceBatch,
  disposeTaskModel,
  type Head,
  initHead,
  taskLogits,
  taskLoss,
  toDevice,
} from './taskModel';
import { sequenceHeadTensors } from './tensorShapes';

beforeAll(() => switchBackend('wasm'));

const heads: { head: Head; labels: (number | number[])[]; shape: number[] }[] = [
  { head: { kind: 'classification', outputs: 3 }, labels: [2, 0], shape: [2, 3] },
  { head: { kind: 'regression' }, labels: [1.5, 3], shape: [2, 1] },
  {
    head: { kind: 'tagging', outputs: 5 },
    labels: [
      [-100, 4, -100, 1, -100],
      [-100, 0, -100],
    ],
    shape: [10, 5],
  },
  {
    head: { kind: 'language', labelSmoothing: 0.1 },
    labels: [
      [-100, -100, 30, 12, 2],
      [-100, 9, 2],
    ],
    shape: [5, 64],
  },
];
const arraysFor = ({ kind }: Head) => (kind === 'language' ? tinyGpt2() : tinyModel());
const rowsOf = (labels: (number | number[])[]) =>
  collate(
    [
      { ids: [0, 9, 30, 12, 2], label: labels[0] ?? 0 },
      { ids: [0, 9, 2], label: labels[1] ?? 0 },
    ],
    1,
  );
const create = (head: Head, options = {}) =>
  createTaskModel(arraysFor(head), { head, pretrained: true, seed: 1, ...options });

it('leaves nothing on the device of a batch whose labels cannot be sent there', async () => {
  const { model } = await create({ kind: 'regression' });
  const before = tf.memory().numTensors;
  const broken = { ...rowsOf([1, 2]), labels: [[1], [2]] as never };
  expect(() => toDevice(model, broken)).toThrow();
  expect(tf.memory().numTensors).toBe(before);
  disposeTaskModel(model);
});

/** −Σ target · log p of one row, in double precision. */
function rowLoss(row: number[], label: number, smoothing: number): number {
  const largest = Math.max(...row);
  const normaliser = largest + Math.log(row.reduce((sum, z) => sum + Math.exp(z - largest), 0));
  const others = row.reduce((sum, z) => sum + normaliser - z, 0) / row.length;
  return (1 - smoothing) * (normaliser - (row[label] as number)) + smoothing * others;
}

describe.each(heads)('a model with the head $head.kind', ({ head, labels, shape }) => {
  it('gives logits of its shape and the mean loss over what carries a label, and is freed whole', async () => {
    const before = tf.memory().numTensors;
    const { model } = await create(head);
    const batch = toDevice(model, rowsOf(labels));
    const trainable = initHead(model);
    const [logits, loss] = tf.tidy(() => {
      const of = taskLogits(model, trainable, batch);
      return [of, taskLoss(model, of, batch)];
    });
    expect(logits?.shape).toEqual(shape);
    const rows = (await logits?.array()) as number[][];
    const targets = [...(await batch.labels.data())];
    const width = shape[1] as number;
    expect(rows[0]).toHaveLength(width);
    const smoothing = head.kind === 'language' ? head.labelSmoothing : 0;
    const each = rows.flatMap((row, i) => {
      const target = targets[i] as number;
      if (target === -100) return [];
      return [
        head.kind === 'regression' ? ((row[0] as number) - target) ** 2 : rowLoss(row, target, smoothing),
      ];
    });
    expect(each.length).toBe(head.kind === 'tagging' ? 3 : targets.length);
    expectClose(await (loss as tf.Scalar).data(), [each.reduce((a, b) => a + b) / each.length], 1e-5);
    tf.dispose([logits, loss, trainable] as tf.Tensor[]);
    disposeDeviceBatch(batch);
    disposeTaskModel(model);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('drops the same elements with the same key', async () => {
    const { model } = await create(head);
    const batch = toDevice(model, rowsOf(labels));
    tf.tidy(() => {
      const trainable = initHead(model);
      const of = (key?: number) => [
        ...taskLogits(model, trainable, batch, {
          dropout: key === undefined ? undefined : { hidden: 0.2, attention: 0.2, head: 0.2, key },
        }).dataSync(),
      ];
      expect(of(3)).toEqual(of(3));
      expect(of(3)).not.toEqual(of(4));
      expect(of(3)).not.toEqual(of());
    });
    disposeDeviceBatch(batch);
    disposeTaskModel(model);
  });
});

describe('toDevice', () => {
  it('asks a language model where the next token carries a label, never across rows', async () => {
    const { model } = await create({ kind: 'language', labelSmoothing: 0 });
    const batch = toDevice(
      model,
      rowsOf([
        [7, -100, 30, 12, 2],
        [9, 9, 2],
      ]),
    );
    // The first token of a row is predicted by nothing.
    expect([...(await (batch.positions as tf.Tensor).data())]).toEqual([1, 2, 3, 5, 6]);
    expect([...(await batch.labels.data())]).toEqual([30, 12, 2, 9, 2]);
    disposeDeviceBatch(batch);
    disposeTaskModel(model);
  });
});

describe('createTaskModel', () => {
  const token: Head = { kind: 'tagging', outputs: 5 };

  it('takes the head of the checkpoint where it fits, else draws one and says so', async () => {
    const arrays = tinyModel();
    const weight = { shape: [5, 16], data: new Float32Array(80).fill(0.5) };
    const bias = { shape: [5], data: new Float32Array(5).fill(0.25) };
    const withHead = {
      ...arrays,
      tensors: new Map([...arrays.tensors, ['classifier.weight', weight], ['classifier.bias', bias]]),
    };
    const taken = await createTaskModel(withHead, { head: token, pretrained: true, seed: 1 });
    expect([taken.notes, taken.headNotes]).toEqual([[], []]);
    expect(taken.model.headInit.get('classifier.weight')?.data).toEqual(weight.data);
    const other = await createTaskModel(withHead, {
      head: { kind: 'tagging', outputs: 7 },
      pretrained: true,
      seed: 1,
    });
    expect(other.headNotes.join()).toMatch(/fresh: the checkpoint's has 5 outputs, the task needs 7/);
    expect(other.model.headInit.get('classifier.weight')?.shape).toEqual([7, 16]);
    for (const { model } of [taken, other]) disposeTaskModel(model);
  });

  it('takes a head of the right shape only where its classes are those of the task', async () => {
    const labels = ['entailment', 'neutral', 'contradiction'];
    const headOf = (labelNames: string[] | undefined) => {
      const arrays = tinyModel();
      const own = [...sequenceHeadTensors(16, 3)].map(([name, shape]): [string, TensorArray] => {
        const data = new Float32Array(shape.reduce((size, n) => size * n, 1)).fill(0.5);
        return [name, { shape: [...shape], data }];
      });
      return {
        ...arrays,
        config: { ...arrays.config, labelNames },
        tensors: new Map([...arrays.tensors, ...own]),
      };
    };
    const startsFrom = async (labelNames: string[] | undefined) => {
      const head: Head = { kind: 'classification', outputs: 3 };
      const hashed: string[] = [];
      const { model, headNotes } = await createTaskModel(headOf(labelNames), {
        head,
        labels,
        pretrained: true,
        seed: 1,
        onTensor: (name) => hashed.push(name),
      });
      disposeTaskModel(model);
      const taken = model.headInit.get('classifier.out_proj.bias')?.data[0] === 0.5;
      expect(hashed.includes('classifier.out_proj.bias')).toBe(taken);
      return [taken, headNotes.join()];
    };
    expect(await startsFrom(['ENTAILMENT', 'NEUTRAL', 'CONTRADICTION'])).toEqual([true, '']);
    expect(await startsFrom(['LABEL_0', 'LABEL_1', 'LABEL_2'])).toEqual([
      true,
      expect.stringContaining('does not name its classes'),
    ]);
    expect(await startsFrom(['CONTRADICTION', 'NEUTRAL', 'ENTAILMENT'])).toEqual([
      false,
      "The classification head is fresh: the checkpoint's classes are CONTRADICTION, NEUTRAL, ENTAILMENT.",
    ]);
  });

  it('reads tensors one by one and hands their values on', async () => {
    const arrays = tinyGpt2();
    let open = 0;
    const lazy: StoredModel = {
      ...arrays,
      tensors: new Map(
        [...arrays.tensors].map(([name, { shape, data }]) => [
          name,
          {
            shape,
            read: async () => {
              expect(open).toBe(0);
              open += 1;
              await Promise.resolve();
              open -= 1;
              return data.slice();
            },
          },
        ]),
      ),
    };
    const head: Head = { kind: 'language', labelSmoothing: 0 };
    const seen = new Map<string, number>();
    const { model } = await createTaskModel(lazy, {
      head,
      pretrained: true,
      seed: 1,
      onTensor: (name, values) => seen.set(name, values.length),
    });
    expect([...seen.keys()]).toEqual([...arrays.tensors.keys()]);
    expect(model.parameterCount).toBe([...seen.values()].reduce((a, b) => a + b));
    const wte = 'transformer.wte.weight';
    expect(await model.frozen[wte]?.data()).toEqual(arrays.tensors.get(wte)?.data);
    disposeTaskModel(model);
  });

  it('draws an untrained model by seed', async () => {
    const head: Head = { kind: 'language', labelSmoothing: 0 };
    const made = await Promise.all([1, 1, 2].map((seed) => create(head, { pretrained: false, seed })));
    const [a, b, c] = made.map(({ model }) => model.frozen['transformer.wte.weight']?.dataSync());
    expect(a).toEqual(b);
    expect(a).not.toEqual(c);
    for (const { model } of made) disposeTaskModel(model);
  });

  it('refuses a head that the family does not have, and leaves nothing behind where a tensor is missing', async () => {
    const before = tf.memory().numTensors;
    const roberta = createTaskModel(tinyModel(), {
      head: { kind: 'language', labelSmoothing: 0 },
      pretrained: true,
      seed: 1,
    });
    await expect(roberta).rejects.toThrow('tiny is a RoBERTa, which cannot write texts');
    const gpt2 = createTaskModel(tinyGpt2(), { head: token, pretrained: true, seed: 1 });
    await expect(gpt2).rejects.toThrow('tiny is a GPT-2, which writes texts');
    const arrays = tinyModel();
    const tensors = new Map(arrays.tensors);
    tensors.delete('roberta.encoder.layer.1.output.dense.weight');
    const cut = createTaskModel({ ...arrays, tensors }, { head: token, pretrained: true, seed: 1 });
    await expect(cut).rejects.toThrow('tensor "roberta.encoder.layer.1.output.dense.weight" is missing');
    expect(tf.memory().numTensors).toBe(before);
  });
});
