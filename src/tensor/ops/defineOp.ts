/**
 * How an op of this engine is made: one name, a reference in plain tfjs ops, a lazy gradient per input, and, where
 * it pays, kernels of its own per backend. Going through tfjs's kernel and gradient registries (not
 * `tf.customGrad`, which computes every input's gradient) keeps frozen weights free of charge.
 */
import * as tf from '@tensorflow/tfjs';
import { type HostArray, runOnHost } from './host';

/** Tensors by input name; `undefined` for an optional input that is not given. */
export type OpInputs = Record<string, tf.Tensor | undefined>;

type Present<I extends OpInputs> = { [K in keyof I]-?: Exclude<I[K], undefined> };

/** Plain loops over typed arrays, for the backends whose memory the CPU can reach (wasm, cpu). */
export interface HostKernel<I extends OpInputs, A> {
  outputShape(inputs: I, attributes: A): number[];
  /** Fills `output` (float32, uninitialised). */
  compute(inputs: { [K in keyof I]: HostArray }, output: HostArray, attributes: A): void;
}

/** A kernel written against one backend's own interface, e.g. a WGSL program. */
export type DeviceKernel<I extends OpInputs, A> = (
  inputs: I,
  attributes: A,
  backend: tf.KernelBackend,
) => tf.TensorInfo;

export interface OpDefinition<I extends OpInputs, A extends object> {
  /** Unique, prefixed by nothing of tfjs's: `AutoLora…`. */
  name: string;
  /** The op in plain tfjs ops: what every other kernel is tested against, and the fallback. Need not be differentiable. */
  reference(inputs: I, attributes: A): tf.Tensor;
  host?: HostKernel<I, A>;
  webgpu?: DeviceKernel<I, A>;
  wasm?: DeviceKernel<I, A>;
  /** Inputs that `gradient` reads; they are kept until the backward pass. */
  saves?: (keyof I & string)[];
  /** True to hand the output to `gradient`; using it there is only right while `isDifferentiatingGradient()` is false. */
  savesOutput?: boolean;
  /** Gradient by input name, each computed only when somebody needs it. Absent: the op is not differentiable. */
  gradient?(
    dy: tf.Tensor,
    saved: Present<I>,
    attributes: A,
    output: tf.Tensor,
  ): { [K in keyof I]?: () => tf.Tensor };
}

/**
 * True while a backward pass is itself recorded, to be differentiated again (the exact hypergradient). tfjs drops
 * the terms that run through a saved *output* without a word, so gradients then recompute it from saved inputs, and
 * use differentiable ops instead of fused gradient kernels.
 */
export function isDifferentiatingGradient(): boolean {
  return tf.engine().state.gradientDepth > 0;
}

/** Every op defined so far by name, so that tests can hold each kernel against its reference. */
export const definedOps = new Map<string, OpDefinition<OpInputs, object>>();

/** Registers an op on every backend and returns the function that runs it. */
export function defineOp<I extends OpInputs, A extends object = object>(
  definition: OpDefinition<I, A>,
): (inputs: I, attributes: A) => tf.Tensor {
  const { name, reference, host, webgpu, wasm, gradient, saves = [], savesOutput = false } = definition;
  definedOps.set(name, definition as unknown as OpDefinition<OpInputs, object>);
  const register = (backendName: string, device: DeviceKernel<I, A> | undefined, onHost: boolean) =>
    tf.registerKernel({
      kernelName: name,
      backendName,
      kernelFunc: ({ inputs, attrs, backend }) => {
        const given = inputs as unknown as I;
        const attributes = attrs as unknown as A;
        if (device) return device(given, attributes, backend as tf.KernelBackend);
        if (onHost && host) {
          const shape = host.outputShape(given, attributes);
          return runOnHost(backend as tf.KernelBackend, given, shape, (arrays, output) =>
            host.compute(arrays as { [K in keyof I]: HostArray }, output, attributes),
          );
        }
        return reference(given, attributes);
      },
    });
  register('cpu', undefined, true);
  register('wasm', wasm, true);
  register('webgpu', webgpu, false);

  tf.registerGradient({
    kernelName: name,
    inputsToSave: saves,
    outputsToSave: savesOutput ? [true] : [],
    gradFunc: (dy, saved, attrs) => {
      if (!gradient) throw new Error(`${name} has no gradient.`);
      const named = Object.fromEntries(saves.map((key, i) => [key, saved[i]]));
      const output = saved[saves.length] as tf.Tensor;
      return gradient(dy as tf.Tensor, named as Present<I>, attrs as unknown as A, output) as {
        [inputName: string]: () => tf.Tensor;
      };
    },
  });

  return (inputs, attributes) => {
    const present: tf.NamedTensorMap = {};
    for (const [key, tensor] of Object.entries(inputs)) if (tensor) present[key] = tensor;
    return tf.engine().runKernel(name, present, attributes as unknown as tf.NamedAttrMap) as tf.Tensor;
  };
}
