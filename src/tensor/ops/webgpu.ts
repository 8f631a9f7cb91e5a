/**
 * Runs a WGSL program of our own on tfjs's WebGPU backend: flat arrays in, one flat float32 array out. Numbers that
 * change from call to call are uniforms, so that a program is compiled once per combination of input types.
 */
import type * as tf from '@tensorflow/tfjs';

type UniformType = 'i32' | 'u32' | 'f32';

export interface WgslProgram {
  /** Unique; compiled code is kept under it. */
  name: string;
  /** Names of the input arrays, in the order in which they are given; seven at most. */
  inputs: readonly string[];
  /** Numbers, read as `uniforms.name`. */
  uniforms?: Readonly<Record<string, UniformType>>;
  /**
   * `element`: `source` defines `fn element(index : i32) -> f32`, one output value each. `group`: it defines
   * `fn group(at : i32, thread : i32)`, run by `threads` threads together, which write to `result`, once or where
   * `live`; all of them reach every `sumOverGroup` and `maxOverGroup`.
   */
  per: 'element' | 'group';
  source: string;
  /** Further arrays that it writes, each as long as `result`; with the inputs seven at most. */
  alsoWrites?: readonly string[];
  /** Threads per group, 256 at most. */
  threads?: number;
}

/** As much of tfjs's WebGPUBackend as is used here. */
interface WebGpuLikeBackend {
  runWebGPUProgram(
    program: object,
    inputs: tf.TensorInfo[],
    dtype: 'float32',
    uniforms: { type: string; data: number[] }[],
  ): tf.TensorInfo;
  makeTensorInfo(shape: number[], dtype: 'float32', values?: Float32Array): tf.TensorInfo;
}

const elementThreads = 128;
/** Narrow, as the rows here are: a warp, and little to switch between where threads are simulated. */
const groupThreads = 32;
const uniformTypes = { i32: 'int32', u32: 'uint32', f32: 'float32' };

// A grid of more than 65,535 groups is folded into a square, so the last of it lies beyond the work: there an
// element is skipped, and a group goes through the last one's work once more, since all its threads must meet at the
// barriers. A program that reads back what it wrote to `result` must write only where the group is `live`: two groups
// at the same row would read each other's intermediate values.
const elementMain = /* wgsl */ `
  fn main(index : i32) { if (index < uniforms.size) { result[index] = element(index); } }
`;
const groupMain = /* wgsl */ `
  fn main(index : i32) {
    let at = index / threads;
    live = at < uniforms.groups;
    group(min(at, uniforms.groups - 1), i32(localIndex));
  }
`;
/** Every thread adds up all shares by itself: two barriers, where a tree needs one per level. */
const reductions = (threads: number) => /* wgsl */ `
  const threads = ${threads};
  var<private> live : bool;
  var<workgroup> shares : array<f32, threads>;
  fn putShare(value : f32) {
    workgroupBarrier();
    shares[localIndex] = value;
    workgroupBarrier();
  }
  fn sumOverGroup(value : f32) -> f32 {
    putShare(value);
    var total = 0.0;
    for (var i = 0; i < threads; i++) { total += shares[i]; }
    return total;
  }
  fn maxOverGroup(value : f32) -> f32 {
    putShare(value);
    var largest = shares[0];
    for (var i = 1; i < threads; i++) { largest = max(largest, shares[i]); }
    return largest;
  }
`;

const sizeOf = (shape: readonly number[]) => shape.reduce((product, n) => product * n, 1);

const asOutput = ({ dataId }: tf.TensorInfo, shape: number[]): tf.TensorInfo => ({
  dataId,
  shape,
  dtype: 'float32',
});

/**
 * Runs a program.
 * @param uniforms values by name, as `program.uniforms` declares them
 * @param groups number of groups, of a program that runs per group
 * @returns `result` and the arrays of `alsoWrites`, float32 of the given shape; zeros where an input is empty, since
 *   every op here is a sum over its inputs
 */
export function runWgslOutputs(
  backend: tf.KernelBackend,
  program: WgslProgram,
  inputs: readonly tf.TensorInfo[],
  shape: number[],
  uniforms: Readonly<Record<string, number>> = {},
  groups = 0,
): tf.TensorInfo[] {
  const device = backend as unknown as WebGpuLikeBackend;
  const { alsoWrites = [] } = program;
  const size = sizeOf(shape);
  if (size === 0 || inputs.some((input) => sizeOf(input.shape) === 0)) {
    const zeros = () => device.makeTensorInfo(shape, 'float32', new Float32Array(size));
    return [zeros(), ...alsoWrites.map(zeros)];
  }
  const perGroup = program.per === 'group';
  const threads = program.threads ?? (perGroup ? groupThreads : elementThreads);
  const declared: [string, UniformType][] = Object.entries(program.uniforms ?? {});
  if (perGroup) declared.push(['groups', 'i32']);
  const given: Record<string, number> = { ...uniforms, groups };
  // tfjs declares every array but the first as read-only; these bindings are declared once more, to be written, and
  // tfjs's name for them is left unused.
  const further = alsoWrites.map(() => device.makeTensorInfo([size], 'float32'));
  const bindings = alsoWrites.map(
    (name, i) =>
      `@group(0) @binding(${1 + inputs.length + i}) var<storage, read_write> ${name} : array<f32>;\n`,
  );
  const source = bindings.join('') + program.source;
  const output = device.runWebGPUProgram(
    {
      shaderKey: program.name,
      variableNames: [...program.inputs, ...alsoWrites.map((name) => `${name}Unused`)],
      uniforms: declared.map(([name, type]) => `${name} : ${type}, `).join(''),
      outputShape: [size],
      size: true,
      workgroupSize: [threads, 1, 1],
      dispatchLayout: { x: [0] },
      dispatch: [perGroup ? groups : Math.ceil(size / threads), 1, 1],
      getUserCode: () => (perGroup ? reductions(threads) + source + groupMain : source + elementMain),
    },
    [...inputs.map(({ dataId, dtype, shape }) => ({ dataId, dtype, shape: [sizeOf(shape)] })), ...further],
    'float32',
    declared.map(([name, type]) => ({ type: uniformTypes[type], data: [given[name] as number] })),
  );
  return [output, ...further].map((info) => asOutput(info, shape));
}

/** As `runWgslOutputs`, of a program with one output. */
export function runWgsl(...given: Parameters<typeof runWgslOutputs>): tf.TensorInfo {
  return runWgslOutputs(...given)[0] as tf.TensorInfo;
}
