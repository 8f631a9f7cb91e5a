/** sumRows(x) = Σ over all axes but the last: the gradient of anything that was broadcast along rows. */
import * as tf from '@tensorflow/tfjs';
import { defineOp } from './defineOp';
import { runWgsl, type WgslProgram } from './webgpu';

const program: WgslProgram = {
  name: 'AutoLoraSumRows',
  inputs: ['x'],
  uniforms: { rows: 'i32', width: 'i32' },
  per: 'group',
  source: /* wgsl */ `
    fn group(at : i32, thread : i32) {
      var share = 0.0;
      for (var row = thread; row < uniforms.rows; row += threads) { share += x[row * uniforms.width + at]; }
      let total = sumOverGroup(share);
      if (thread == 0) { result[at] = total; }
    }
  `,
};

const runSumRows = defineOp<{ x: tf.Tensor }, { shape: number[] }>({
  name: 'AutoLoraSumRows',
  reference: ({ x }) => tf.sum(tf.reshape(x, [-1, x.shape[x.rank - 1] as number]), 0),
  host: {
    outputShape: ({ x }) => [x.shape[x.rank - 1] as number],
    compute: ({ x }, output) => {
      const width = output.values.length;
      const total = output.values.fill(0);
      for (let row = 0; row < x.values.length; row += width) {
        for (let i = 0; i < width; i++) total[i] = (total[i] as number) + (x.values[row + i] as number);
      }
    },
  },
  webgpu: ({ x }, _attributes, backend) => {
    const width = x.shape[x.rank - 1] as number;
    return runWgsl(backend, program, [x], [width], { rows: x.size / width, width }, width);
  },
  gradient: (dy, _saved, { shape }) => ({ x: () => tf.broadcastTo(dy, shape) }),
});

/** @param x (…, D) @returns (D) */
export function sumRows(x: tf.Tensor): tf.Tensor {
  return runSumRows({ x }, { shape: x.shape });
}
