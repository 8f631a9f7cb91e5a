/** The sentences name tensor, bytes and limit; what fits says nothing. */
import { describe, expect, it } from 'vitest';
import { estimateMemory } from '../hub/modelShape';
import {
  doubleBackwardBytes,
  doubleBackwardWarning,
  generationBytes,
  modelFits,
  stepBytes,
  stepTensors,
  wasmLimits,
  webGpuLimits,
} from './deviceLimits';

const embeddings = ['word_embeddings', [50265, 768]] as const;
const gpt2 = { family: 'gpt2', heads: 12, intermediateSize: 3072, vocabSize: 50257 } as const;

describe('modelFits', () => {
  it('names the tensor and the limit that it is over', () => {
    const limits = webGpuLimits({ maxBufferSize: 2 ** 28, maxStorageBufferBindingSize: 2 ** 27 });
    expect(modelFits([embeddings, ['bias', [768]]], limits)).toBe(
      'The tensor word_embeddings (50265 × 768) takes 147 MiB, but WebGPU on this GPU takes 128 MiB at most ' +
        '(maxStorageBufferBindingSize). Choose a smaller model, batch or length, or the WASM backend.',
    );
    expect(modelFits([['bias', [768]]], limits)).toBeUndefined();
    const buffer = webGpuLimits({ maxBufferSize: 2 ** 27, maxStorageBufferBindingSize: 2 ** 30 });
    expect(modelFits([embeddings], buffer)).toContain('128 MiB at most (maxBufferSize)');
  });

  it('counts all tensors where the device has one memory', () => {
    expect(modelFits([embeddings], wasmLimits)).toBeUndefined();
    expect(modelFits([embeddings], wasmLimits, 4 * 2 ** 30)).toMatch(
      /take 4243 MiB, but WASM can hold 4096 MiB in all; the largest tensor is word_embeddings \(50265 × 768, 147 MiB\)/,
    );
  });

  it('knows what a step adds', () => {
    const step = stepTensors(gpt2, 16, 128);
    const limits = webGpuLimits({ maxBufferSize: 2 ** 28, maxStorageBufferBindingSize: 2 ** 28 });
    expect(modelFits(step, limits)).toContain('logits over the vocabulary (16 × 128 × 50257) takes 393 MiB');
    expect(modelFits(stepTensors({ ...gpt2, family: 'roberta' }, 16, 128), limits)).toBeUndefined();
  });
});

describe('generationBytes', () => {
  it('is 2.2 key-value caches and the logits of a step', () => {
    // 16 records × 10 beams of gpt2, 164 tokens: 160 · 164 · 12 · 2 · 768 floats.
    const shape = { layers: 12, hiddenSize: 768, vocabSize: 50257 };
    const cache = 4 * 160 * 164 * 12 * 2 * 768;
    expect(generationBytes(shape, 160, 164)).toBe(Math.round(2.2 * cache + 12 * 160 * 50257));
    expect(modelFits([['weights', [124_439_808]]], wasmLimits, generationBytes(shape, 160, 164))).toContain(
      'WASM can hold',
    );
  });
});

describe('stepBytes', () => {
  it('is what the Hub’s estimate says before a download', () => {
    for (const family of ['roberta', 'gpt2'] as const) {
      const shape = {
        ...gpt2,
        family,
        modelType: family,
        layers: 12,
        hiddenSize: 768,
        maxPositions: 512,
        parameters: 1,
      };
      for (const [batch, length] of [
        [4, 64],
        [16, 128],
      ] as const)
        expect(stepBytes(shape, batch, length)).toBe(estimateMemory(shape, batch, length).stepBytes);
    }
  });

  it('lets roberta-base train on WASM at 4 texts of 64 tokens, and not at 16 of 128', () => {
    const roberta = { ...gpt2, family: 'roberta', layers: 12, hiddenSize: 768 } as const;
    const weights = [['all weights', [124_055_040]]] as const;
    expect(modelFits(weights, wasmLimits, stepBytes(roberta, 4, 64))).toBeUndefined();
    expect(modelFits(weights, wasmLimits, stepBytes(roberta, 16, 128))).toContain(
      'but WASM can hold 4096 MiB in all',
    );
  });
});

describe('doubleBackwardBytes', () => {
  it('lets the embedded models be inspected on WASM, and not roberta-base', () => {
    const small = { family: 'roberta', layers: 12, hiddenSize: 64, heads: 4, intermediateSize: 256 } as const;
    const embedded = { ...small, vocabSize: 2000 };
    expect(modelFits([], wasmLimits, doubleBackwardBytes(embedded, 16, 32))).toBeUndefined();
    expect(doubleBackwardWarning(embedded, 16, 32)).toBeUndefined();
    const base = { ...gpt2, family: 'roberta', layers: 12, hiddenSize: 768 } as const;
    expect(modelFits([], wasmLimits, doubleBackwardBytes(base, 4, 64))).toContain('WASM can hold 4096 MiB');
    expect(doubleBackwardWarning(base, 4, 64)).toMatch(
      /takes about \d+ MiB beside the weights.*inspectEvery to 0/,
    );
  });
});
