/** Memory that is announced before a run, against what training takes on WASM, and what is refused. */
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { type ExperimentInput, parseExperimentConfig } from '../config/experiment';
import { type MethodName, methodNames } from '../config/methods';
import { longestInput } from '../model/config';
import {
  fullTrainingNote,
  modelFits,
  stepBytes,
  stepTensors,
  trainingBytes,
  wasmLimits,
} from '../model/deviceLimits';
import { expectedTensors } from '../model/tensorShapes';
import { e2eTask } from '../tasks/e2e';
import { sst2Task } from '../tasks/sst2';
import type { Example } from '../tasks/task';
import { openSafetensors } from '../tensor/safetensors';
import { switchBackend } from '../testing/backends';
import { tinyCheckpoint } from '../testing/tinyCheckpoint';
import { TINY_SHAPE, tinyGpt2, tinyModel } from '../testing/tinyModel';
import { countKernels } from './bench';
import { readInputs } from './inputs';
import { ExperimentSession } from './session';
import { trainedSize } from './trainedSize';

interface Sizes {
  family: 'roberta' | 'gpt2';
  layers: number;
  hiddenSize: number;
  vocabSize: number;
  batchSize: number;
  length: number;
}

/** A run after its first step. */
async function begun(
  method: MethodName,
  { family, layers, hiddenSize, vocabSize, batchSize, length }: Sizes,
) {
  const shape = {
    ...TINY_SHAPE,
    layers,
    hiddenSize,
    vocabSize,
    heads: 4,
    intermediateSize: 4 * hiddenSize,
  };
  const words = Array.from({ length: length - 4 }, (_, i) => `w${i}`).join(' ');
  const example: Example =
    family === 'gpt2' ? { source: 'a', references: [words] } : { text: `${words} a b`, label: 1 };
  const session = await ExperimentSession.create({
    config: parseExperimentConfig({
      method,
      reportEvery: 1,
      data: { trainSize: 0, devSize: 0 },
      model: { maxLength: length },
      search: { batchSize, steps: 3 },
      retrain: { batchSize, steps: 4, dropout: 0.1 },
    }),
    model: family === 'gpt2' ? tinyGpt2(shape) : tinyModel(shape),
    task: family === 'gpt2' ? e2eTask : sst2Task,
    train: Array.from({ length: 16 }, () => example),
    dev: [example],
    notes: [],
  });
  session.through = true;
  await session.advance();
  return session;
}

beforeAll(() => switchBackend('wasm'));

describe('trainingBytes', () => {
  const small = { layers: 2, hiddenSize: 64, vocabSize: 300, batchSize: 4, length: 24 };
  // Weights decide, then activations.
  const wide = { layers: 3, hiddenSize: 128, vocabSize: 3000, batchSize: 1, length: 8 };
  it.each([
    { family: 'roberta', ...small },
    { family: 'roberta', ...wide },
    { family: 'gpt2', ...small },
    { family: 'gpt2', ...wide },
  ] as const)('is what full finetuning takes at its peak: %j', async (sizes) => {
    const before = tf.memory().numBytes;
    const session = await begun('full', sizes);
    const { model } = session.context;
    const { peakBytes } = await countKernels(async () => {
      await session.advance();
    });
    const taken = peakBytes - before - 4 * model.parameterCount;
    const trained = trainedSize(session.config, model.config, model.head);
    const said = trainingBytes(trained, stepBytes(model.config, sizes.batchSize, sizes.length));
    expect(said / taken).toBeGreaterThan(5 / 6);
    expect(said / taken).toBeLessThan(7 / 6);
    session.dispose();
  });

  it('lets roberta-base learn by LoRA on WASM where full finetuning is refused', () => {
    const shape = { family: 'roberta', layers: 12, hiddenSize: 768, heads: 12 } as const;
    const base = { ...shape, intermediateSize: 3072, vocabSize: 50265 };
    const step = stepBytes(base, 8, 96);
    const weights = [['all weights', [124_055_040]]] as const;
    expect(modelFits(weights, wasmLimits, trainingBytes(900_000, step))).toBeUndefined();
    expect(modelFits(weights, wasmLimits, trainingBytes(124_645_632, step))).toMatch(
      /^The model and a step of training take 4473 MiB, but WASM can hold 4096 MiB in all/,
    );
    expect(fullTrainingNote(124_645_632, step)).toEqual({
      sentence: expect.stringMatching(
        /^Full finetuning takes about 4000 MiB beside the frozen weights: .* seven times the model/,
      ),
      isLarge: true,
    });
    expect(fullTrainingNote(700_000, 2 ** 26).isLarge).toBe(false);
  });

  it('refuses full finetuning, and nothing smaller, before a model is read', async () => {
    const model = tinyCheckpoint().map(({ name, bytes }) => ({ name, blob: new Blob([bytes]) }));
    const load = (method: MethodName, retrain: object, totalBytes: number) =>
      readInputs(
        { method, model: { source: 'files', name: 'tiny' }, retrain },
        { model },
        { device: 'a small device', totalBytes },
      );
    const small = { batchSize: 1 };
    const { config, model: opened } = await load('lora', small, 2 ** 30);
    const length = Math.min(config.model.maxLength, longestInput(opened.config));
    const shapes = [...expectedTensors(opened.config), ...stepTensors(opened.config, 1, length)];
    const weights = shapes.reduce((sum, [, shape]) => sum + 4 * shape.reduce((size, n) => size * n, 1), 0);
    const trained = trainedSize(config, opened.config, { kind: 'classification', outputs: 2 });
    // To the byte what LoRA needs.
    const bytes = weights + trainingBytes(trained, stepBytes(opened.config, 1, length));
    await load('lora', small, bytes);
    await expect(load('lora', small, bytes - 1)).rejects.toThrow('a small device can hold');
    await load('full', small, 10 * bytes);
    await expect(load('full', small, bytes)).rejects.toThrow(
      /a small device can hold .* Full finetuning takes about .* an adapter method takes far less\.$/,
    );
  });
});

describe('trainedSize', () => {
  const sizes = { layers: 2, hiddenSize: 64, vocabSize: 300, batchSize: 4, length: 24 };
  it.each(methodNames)('of %s is the number of values that are trained', async (method) => {
    const session = await begun(method, { family: 'roberta', ...sizes });
    const { model } = session.context;
    const { tensors } = await session.snapshot();
    const { entries } = openSafetensors({ name: 'run', bytes: tensors.slice().buffer as ArrayBuffer });
    const weights = [...entries].filter(([path]) => /^(search|training)\/weights\//.test(path));
    const values = weights.reduce((sum, [, { shape }]) => sum + shape.reduce((size, n) => size * n, 1), 0);
    expect(trainedSize(session.config, model.config, model.head)).toBe(values);
    session.dispose();
  });

  it('goes by the rank that LoRA is asked to have, alone and beside AutoLoRA', () => {
    const { config: model } = tinyModel(TINY_SHAPE);
    const head = { kind: 'regression' } as const;
    const size = (input: ExperimentInput) => trainedSize(parseExperimentConfig(input), model, head);
    const asked = size({ method: 'lora', adapter: { rank: 3 } });
    expect(size({ method: 'lora', adapter: { rank: 8 }, baseline: { rank: 3 } })).toBe(asked);
    expect(size({ adapter: { rank: 2 }, baseline: { rank: 3 } })).toBe(asked);
    expect(size({ adapter: { rank: 2, rankPattern: 'query=3, value=3' } })).toBe(asked);
    expect(size({ adapter: { rank: 2 }, baseline: { rank: 3, enabled: false } })).toBeLessThan(asked);
  });
});
