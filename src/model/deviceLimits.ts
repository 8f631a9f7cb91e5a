/** Whether a model fits a device, from shapes alone: said in a sentence before anything is read or allocated. */

/** What a device can hold; undefined where it sets no such limit. */
export interface DeviceLimits {
  /** For the sentence, e.g. `WebGPU on this GPU`. */
  device: string;
  /** Largest buffer, in bytes: WebGPU's `maxBufferSize`. */
  maxBufferSize?: number;
  /** Largest part of a buffer that one kernel can see, in bytes: WebGPU's `maxStorageBufferBindingSize`. */
  maxStorageBufferBindingSize?: number;
  /** All tensors together, in bytes. */
  totalBytes?: number;
}

/** The memory of a WebAssembly module is addressed by 32 bits, and tfjs's may grow to all of it but one page. */
export const wasmLimits: DeviceLimits = { device: 'WASM', totalBytes: 65_535 * 65_536 };

/** The limits of an open WebGPU device. */
export function webGpuLimits(limits: {
  maxBufferSize: number;
  maxStorageBufferBindingSize: number;
}): DeviceLimits {
  const { maxBufferSize, maxStorageBufferBindingSize } = limits;
  return { device: 'WebGPU on this GPU', maxBufferSize, maxStorageBufferBindingSize };
}

const mib = (bytes: number) => `${(bytes / 2 ** 20).toFixed(bytes < 10 * 2 ** 20 ? 1 : 0)} MiB`;

/**
 * @param shapes every tensor by name, as float32: of the frozen weights (`expectedTensors`), and, where they are large, of
 *   what a step makes of them (`stepTensors`).
 * @param beside bytes that are needed besides, e.g. for activations; only for the sum.
 * @returns undefined where all fits, else one sentence: the tensor, its bytes, the limit, and what to do.
 */
export function modelFits(
  shapes: Iterable<readonly [name: string, shape: readonly number[]]>,
  { device, maxBufferSize, maxStorageBufferBindingSize, totalBytes }: DeviceLimits,
  beside = 0,
): string | undefined {
  const tensors = [...shapes].map(([name, shape]) => ({
    name,
    shape,
    bytes: 4 * shape.reduce((size, n) => size * n, 1),
  }));
  const largest = tensors.reduce((a, b) => (b.bytes > a.bytes ? b : a), {
    name: '',
    shape: [0],
    bytes: 0,
  } as (typeof tensors)[0]);
  const limits = [
    ['maxStorageBufferBindingSize', maxStorageBufferBindingSize],
    ['maxBufferSize', maxBufferSize],
  ] as const;
  for (const [name, limit] of limits) {
    if (limit !== undefined && largest.bytes > limit)
      return (
        `The tensor ${largest.name} (${largest.shape.join(' × ')}) takes ${mib(largest.bytes)}, but ${device} takes ` +
        `${mib(limit)} at most (${name}). Choose a smaller model, batch or length, or the WASM backend.`
      );
  }
  const sum = tensors.reduce((bytes, tensor) => bytes + tensor.bytes, beside);
  if (totalBytes !== undefined && sum > totalBytes)
    return (
      `The model and a step of training take ${mib(sum)}, but ${device} can hold ${mib(totalBytes)} in all; the largest ` +
      `tensor is ${largest.name} (${largest.shape.join(' × ')}, ${mib(largest.bytes)}). Choose a smaller model, batch or length.`
    );
  return undefined;
}

/** The tensors of one step that can be larger than any weight, for B texts of T tokens. */
export function stepTensors(
  config: { family: 'roberta' | 'gpt2'; heads: number; intermediateSize: number; vocabSize: number },
  batchSize: number,
  length: number,
): [name: string, shape: number[]][] {
  const { family, heads, intermediateSize, vocabSize } = config;
  return [
    ['attention probabilities of a layer', [batchSize, heads, length, length]],
    ['feed-forward activations of a layer', [batchSize, length, intermediateSize]],
    ...(family === 'gpt2'
      ? [['logits over the vocabulary', [batchSize, length, vocabSize]] as [string, number[]]]
      : []),
  ];
}

/** From here on what is unusually large is announced, also where the device does not say what it can hold. */
const largeBytes = 2 ** 30;

/** What the memory of a step depends on. */
interface StepShape {
  family: 'roberta' | 'gpt2';
  layers: number;
  hiddenSize: number;
  heads: number;
  intermediateSize: number;
  vocabSize: number;
}

/**
 * Bytes that writing `rows` texts of up to T tokens at once adds: keys and values of every layer, the old and the new ones of
 * a step together (measured on WASM: 2.2 times the cache), and three times the logits of a token.
 * @param rows texts × beams
 */
export function generationBytes(
  config: { layers: number; hiddenSize: number; vocabSize: number },
  rows: number,
  length: number,
): number {
  const cache = 4 * 2 * config.layers * rows * length * config.hiddenSize;
  return Math.round(2.2 * cache + 3 * 4 * rows * config.vocabSize);
}

/**
 * Bytes that a search or training step adds to the frozen weights, for B texts of T tokens: for every layer
 * 4 (B T (50 d + 6 f + 3 h T) + 1.4 · its weights), for GPT-2 besides 4 · 3 B T V. Fitted to the peak of live tensor bytes
 * on WASM, met within a fifth; `hub/modelShape.ts`, which may import nothing, says the same before a download.
 */
export function stepBytes(shape: StepShape, batchSize: number, length: number): number {
  return bytesOf(shape, batchSize, length, { hidden: 50, wide: 6, pairs: 3, copies: 1.4, logits: 3 });
}

/**
 * Bytes beside the frozen weights at the peak of training, where `trained` parameters are trained by steps of `step` bytes
 * (`stepBytes`): weights and Adam's two moments lie there while a step is computed; when it is taken, these three are there
 * old and new, beside the gradients. The peak of live tensor bytes of full finetuning on WASM meets it within a sixth.
 */
export function trainingBytes(trained: number, step: number): number {
  return Math.max(3 * 4 * trained + step, 7 * 4 * trained);
}

/** What full finetuning takes, in a sentence, and whether that is over 1 GiB: worth saying where nothing refuses it. */
export function fullTrainingNote(trained: number, step: number): { sentence: string; isLarge: boolean } {
  const bytes = trainingBytes(trained, step);
  const sentence =
    `Full finetuning takes about ${mib(bytes)} beside the frozen weights: trained weights, gradients and Adam's two moments, ` +
    'up to seven times the model; an adapter method takes far less.';
  return { sentence, isLarge: bytes >= largeBytes };
}

/**
 * What `stepBytes` is, for a step that differentiates twice (`exact`, and every inspection): 270 d + 50 f + 28 h T and 2.2 copies,
 * for GPT-2 70 f and 14 B T V. Fitted to the growth of the peak per layer on WASM, met within 3 %; the first layer takes
 * less, so that a model of few layers stays below.
 */
export function doubleBackwardBytes(shape: StepShape, batchSize: number, length: number): number {
  const wide = shape.family === 'gpt2' ? 70 : 50;
  return bytesOf(shape, batchSize, length, { hidden: 270, wide, pairs: 28, copies: 2.2, logits: 14 });
}

function bytesOf(
  { family, layers, hiddenSize: d, heads: h, intermediateSize: f, vocabSize }: StepShape,
  batchSize: number,
  length: number,
  per: { hidden: number; wide: number; pairs: number; copies: number; logits: number },
): number {
  const tokens = batchSize * length;
  const kept = tokens * (per.hidden * d + per.wide * f + per.pairs * h * length);
  const copies = per.copies * (4 * d * d + 2 * d * f);
  const logits = family === 'gpt2' ? per.logits * tokens * vocabSize : 0;
  return Math.round(4 * (layers * (kept + copies) + logits));
}

/** Said where a double backward takes more than 1 GiB; undefined where it does not. */
export function doubleBackwardWarning(
  shape: StepShape,
  batchSize: number,
  length: number,
): string | undefined {
  const bytes = doubleBackwardBytes(shape, batchSize, length);
  if (bytes < largeBytes) return undefined;
  return (
    `The exact hypergradient differentiates twice and takes about ${mib(bytes)} beside the weights; where the device runs ` +
    'out of memory, set hypergradient.inspectEvery to 0 and an estimator other than exact.'
  );
}
