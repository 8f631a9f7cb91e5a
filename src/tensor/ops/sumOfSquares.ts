/** Σ x² over all elements of several tensors. */
import * as tf from '@tensorflow/tfjs';
import { defineOp } from './defineOp';
import { runWgsl, type WgslProgram } from './webgpu';

/** One group takes a few tensors and the sum of those before them. */
const programFor = (names: readonly string[]): WgslProgram => ({
  name: `AutoLoraSumOfSquares${names.length}`,
  inputs: [...names, 'before'],
  per: 'group',
  threads: 256,
  source: /* wgsl */ `
    fn group(at : i32, thread : i32) {
      var share = 0.0;
      ${names
        .map(
          (name) =>
            `for (var i = thread; i < uniforms.${name}Shape; i += threads) { share += ${name}[i] * ${name}[i]; }`,
        )
        .join('\n')}
      let total = sumOverGroup(share) + before[0];
      if (thread == 0) { result[0] = total; }
    }
  `,
});

/** A program reads eight buffers at most: these, the sum before and its own output. */
const names = ['a', 'b', 'c', 'd', 'e', 'f'] as const;
const programs = names.map((_, last) => programFor(names.slice(0, last + 1)));

type Inputs = Partial<Record<(typeof names)[number], tf.Tensor>>;

const given = <T>(inputs: Partial<Record<string, T>>): T[] =>
  names.flatMap((name) => {
    const input = inputs[name];
    return input ? [input] : [];
  });

const runSumOfSquares = defineOp<Inputs & { before: tf.Tensor }>({
  name: 'AutoLoraSumOfSquares',
  reference: ({ before, ...tensors }) =>
    tf.tidy(() =>
      given<tf.Tensor>(tensors).reduce((total, x) => tf.add(total, tf.sum(tf.mul(x, x))), before),
    ),
  host: {
    outputShape: () => [],
    compute: ({ before, ...arrays }, output) => {
      let total = before.values[0] as number;
      for (const { values } of given(arrays)) for (const value of values) total += value * value;
      output.values[0] = total;
    },
  },
  webgpu: ({ before, ...tensors }, _attributes, backend) => {
    const filled = given<tf.Tensor>(tensors).filter((tensor) => tensor.size > 0);
    const program = programs[filled.length - 1];
    return program ? runWgsl(backend, program, [...filled, before], [], {}, 1) : tf.clone(before);
  },
});

/** Not differentiable: `dotRecords` is. @returns scalar on the device, 0 for no tensors */
export function sumOfSquares(tensors: readonly tf.Tensor[]): tf.Scalar {
  return tf.tidy(() => {
    let total: tf.Tensor = tf.scalar(0);
    for (let start = 0; start < tensors.length; start += names.length) {
      const some = tensors.slice(start, start + names.length);
      const inputs: Inputs = Object.fromEntries(some.map((tensor, i) => [names[i], tensor]));
      total = runSumOfSquares({ ...inputs, before: total }, {});
    }
    return total as tf.Scalar;
  });
}
