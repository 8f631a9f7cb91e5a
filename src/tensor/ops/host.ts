/** Runs loops over typed arrays on the backends that live in this process's memory: wasm (views of its heap) and cpu. */
import type * as tf from '@tensorflow/tfjs';

/** A tensor's values where they lie; `shape` row-major. */
export interface HostArray {
  shape: number[];
  values: Float32Array;
  /** The same memory as integers, for int32 tensors. */
  integers: Int32Array;
}

interface WasmLikeBackend {
  makeOutput(shape: number[], dtype: 'float32'): tf.TensorInfo;
  typedArrayFromHeap(info: tf.TensorInfo): Float32Array | Int32Array;
}

interface CpuLikeBackend {
  data: { get(id: object): { values: Float32Array | Int32Array } };
  makeTensorInfo(shape: number[], dtype: 'float32', values: Float32Array): tf.TensorInfo;
}

const asArray = (shape: number[], values: Float32Array | Int32Array): HostArray => ({
  shape,
  values: values as Float32Array,
  integers: values as Int32Array,
});

/** Allocates a float32 output, lets `compute` fill it, and returns it. Wasm views are taken after the allocation, which may move the heap. */
export function runOnHost(
  backend: tf.KernelBackend,
  inputs: Record<string, tf.TensorInfo | undefined>,
  shape: number[],
  compute: (inputs: Record<string, HostArray>, output: HostArray) => void,
): tf.TensorInfo {
  const arrays: Record<string, HostArray> = {};
  if ('typedArrayFromHeap' in backend) {
    const wasm = backend as unknown as WasmLikeBackend;
    const output = wasm.makeOutput(shape, 'float32');
    for (const [name, info] of Object.entries(inputs)) {
      if (info) arrays[name] = asArray(info.shape, wasm.typedArrayFromHeap(info));
    }
    compute(arrays, asArray(shape, wasm.typedArrayFromHeap(output)));
    return output;
  }
  const cpu = backend as unknown as CpuLikeBackend;
  for (const [name, info] of Object.entries(inputs)) {
    if (info) arrays[name] = asArray(info.shape, cpu.data.get(info.dataId).values);
  }
  const output = new Float32Array(shape.reduce((product, size) => product * size, 1));
  compute(arrays, asArray(shape, output));
  return cpu.makeTensorInfo(shape, 'float32', output);
}
