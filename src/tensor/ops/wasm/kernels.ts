/** Attention in SIMD on the WASM backend: a module of our own that works in tfjs's memory, on tensors where they lie. */
import type * as tf from '@tensorflow/tfjs';
import { plainBinary, sharedBinary } from './attentionBinary';

type Kernel = (...addressesAndSizes: number[]) => void;

interface Kernels {
  attention: Kernel;
  attentionGradients: Kernel;
}

interface WasmBackend extends tf.KernelBackend {
  /** Threads import the memory, which the module then holds; without threads it is an export. */
  wasm: { asm: { memory?: WebAssembly.Memory }; wasmMemory?: WebAssembly.Memory };
  dataIdMap: { get(dataId: object): { memoryOffset: number } };
  makeOutput(shape: number[], dtype: 'float32'): tf.TensorInfo;
}

const instances = new WeakMap<WebAssembly.Memory, Kernels | null>();

/** The kernels in the backend's memory; null where the platform has no SIMD. */
function kernelsOf(backend: WasmBackend): Kernels | null {
  const memory = backend.wasm.asm.memory ?? backend.wasm.wasmMemory;
  if (!memory) return null;
  const known = instances.get(memory);
  if (known !== undefined) return known;
  let kernels: Kernels | null = null;
  try {
    const isShared = typeof SharedArrayBuffer !== 'undefined' && memory.buffer instanceof SharedArrayBuffer;
    const binary = Uint8Array.from(atob(isShared ? sharedBinary : plainBinary), (c) => c.charCodeAt(0));
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(binary), { env: { memory } });
    kernels = exports as unknown as Kernels;
  } catch {
    // Without SIMD the module does not compile; the reference computes the same.
  }
  instances.set(memory, kernels);
  return kernels;
}

export interface AttentionShape {
  batch: number;
  heads: number;
  queries: number;
  keys: number;
  width: number;
}

const shapeOf = (query: tf.TensorInfo, key: tf.TensorInfo, heads: number): AttentionShape => {
  const [batch, queries, width] = query.shape as [number, number, number];
  return { batch, heads, queries, keys: key.shape[1] as number, width };
};

/** Steps through the mask from one batch row and from one query to the next; undefined where heads differ. */
function maskSteps(
  mask: tf.TensorInfo,
  { batch, queries, keys }: AttentionShape,
): [number, number] | undefined {
  const [b, h, q, k] = mask.shape as [number, number, number, number];
  if (mask.shape.length !== 4 || h !== 1 || k !== keys) return undefined;
  if ((b !== 1 && b !== batch) || (q !== 1 && q !== queries)) return undefined;
  return [b === 1 ? 0 : q * k, q === 1 ? 0 : k];
}

interface Inputs {
  query: tf.TensorInfo;
  key: tf.TensorInfo;
  value: tf.TensorInfo;
  mask: tf.TensorInfo;
}

/** Whether the kernels can serve these shapes on this backend. */
export function attentionFitsWasm(
  backend: tf.KernelBackend,
  { query, key, mask }: Inputs,
  heads: number,
): boolean {
  const shape = shapeOf(query, key, heads);
  const size = shape.width / heads;
  return (
    size % 4 === 0 &&
    maskSteps(mask, shape) !== undefined &&
    'wasm' in backend &&
    kernelsOf(backend as WasmBackend) !== null
  );
}

const addressOn =
  (backend: WasmBackend) =>
  ({ dataId }: tf.TensorInfo) =>
    backend.dataIdMap.get(dataId).memoryOffset;

/**
 * Calls a kernel with scratch memory that is freed after it.
 * @param tensorsAt addresses of inputs and outputs, by that of the output
 * @returns the output, of this shape
 */
function run(
  backend: WasmBackend,
  kernel: Kernel,
  outputShape: number[],
  tensorsAt: (output: number) => number[],
  { batch, heads, queries, keys, width }: AttentionShape,
  [maskBatch, maskQuery]: [number, number],
): tf.TensorInfo {
  const padded = 4 * Math.ceil(keys / 4);
  // Two rows of scores and the transposed keys and values of a head.
  const scratch = backend.makeOutput([2 * padded * (1 + width / heads)], 'float32');
  try {
    // Full memory throws; nothing else does once there is an output.
    const output = backend.makeOutput(outputShape, 'float32');
    const [at, scratchAt] = [output, scratch].map(addressOn(backend)) as [number, number];
    const scale = 1 / Math.sqrt(width / heads);
    kernel(...tensorsAt(at), scratchAt, batch, heads, queries, keys, width, maskBatch, maskQuery, scale);
    return output;
  } finally {
    backend.disposeData(scratch.dataId);
  }
}

/** @returns (B, queries, D) */
export function attentionOnWasm(given: tf.KernelBackend, inputs: Inputs, heads: number): tf.TensorInfo {
  const backend = given as WasmBackend;
  const shape = shapeOf(inputs.query, inputs.key, heads);
  const { query, key, value, mask } = inputs;
  const inputsAt = [query, key, value, mask].map(addressOn(backend));
  const { attention } = kernelsOf(backend) as Kernels;
  const steps = maskSteps(mask, shape) as [number, number];
  return run(backend, attention, [...query.shape], (output) => [...inputsAt, output], shape, steps);
}

/** Gradients of query, key and value below one another. @returns (B · queries + 2 · B · keys, D) */
export function attentionGradientsOnWasm(
  given: tf.KernelBackend,
  inputs: Inputs & { dy: tf.TensorInfo },
  heads: number,
): tf.TensorInfo {
  const backend = given as WasmBackend;
  const shape = shapeOf(inputs.query, inputs.key, heads);
  const { batch, queries, keys, width } = shape;
  const { dy, query, key, value, mask } = inputs;
  const inputsAt = [dy, query, key, value, mask].map(addressOn(backend));
  const floatBytes = 4;
  const tensorsAt = (first: number) => {
    const second = first + floatBytes * batch * queries * width;
    const third = second + floatBytes * batch * keys * width;
    return [...inputsAt, first, second, third];
  };
  const { attentionGradients } = kernelsOf(backend) as Kernels;
  const outputShape = [batch * (queries + 2 * keys), width];
  const steps = maskSteps(mask, shape) as [number, number];
  return run(backend, attentionGradients, outputShape, tensorsAt, shape, steps);
}
