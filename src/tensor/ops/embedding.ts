/** Rows of a table by index, and its adjoint, which adds rows back; tfjs's WASM backend has no gradient of `gather`. */
import * as tf from '@tensorflow/tfjs';
import { defineOp } from './defineOp';
import { runWgsl, type WgslProgram } from './webgpu';

interface TableAttributes {
  rows: number;
  /** Row whose gradient stays 0 (torch's padding_idx); −1 for none. */
  paddingIndex: number;
}

/** Every element of the table looks for the rows that belong to it. */
const scatterProgram: WgslProgram = {
  name: 'AutoLoraScatterRows',
  inputs: ['dy', 'ids'],
  uniforms: { width: 'i32', count: 'i32', paddingIndex: 'i32' },
  per: 'element',
  source: /* wgsl */ `
    fn element(index : i32) -> f32 {
      let row = index / uniforms.width;
      if (row == uniforms.paddingIndex) { return 0.0; }
      let column = index - row * uniforms.width;
      var total = 0.0;
      for (var i = 0; i < uniforms.count; i++) {
        if (i32(ids[i]) == row) { total += dy[i * uniforms.width + column]; }
      }
      return total;
    }
  `,
};

const runScatter = defineOp<{ dy: tf.Tensor; ids: tf.Tensor }, TableAttributes>({
  name: 'AutoLoraScatterRows',
  reference: ({ dy, ids }, { rows, paddingIndex }) =>
    tf.tidy(() => {
      const width = dy.shape[dy.rank - 1] as number;
      const flat = tf.reshape(ids, [-1]) as tf.Tensor1D;
      const total = tf.unsortedSegmentSum(tf.reshape(dy, [-1, width]), flat, rows);
      if (paddingIndex < 0) return total;
      const keep = tf.sub(1, tf.oneHot(tf.scalar(paddingIndex, 'int32'), rows));
      return tf.mul(total, tf.reshape(keep, [rows, 1]));
    }),
  host: {
    outputShape: ({ dy }, { rows }) => [rows, dy.shape[dy.rank - 1] as number],
    compute: ({ dy, ids }, output, { paddingIndex }) => {
      const width = output.shape[1] as number;
      const total = output.values.fill(0);
      ids.integers.forEach((id, row) => {
        if (id === paddingIndex) return;
        for (let i = 0; i < width; i++) {
          total[id * width + i] = (total[id * width + i] as number) + (dy.values[row * width + i] as number);
        }
      });
    },
  },
  webgpu: ({ dy, ids }, { rows, paddingIndex }, backend) => {
    const width = dy.shape[dy.rank - 1] as number;
    const uniforms = { width, count: ids.size, paddingIndex };
    return runWgsl(backend, scatterProgram, [dy, ids], [rows, width], uniforms);
  },
  saves: ['ids'],
  gradient: (dy, { ids }, { paddingIndex }) => ({
    dy: () => {
      const rows = tf.gather(dy, ids as tf.Tensor1D);
      return paddingIndex < 0 ? rows : tf.mul(rows, tf.expandDims(tf.notEqual(ids, paddingIndex), -1));
    },
  }),
});

const runEmbedding = defineOp<{ table: tf.Tensor; ids: tf.Tensor }, TableAttributes>({
  name: 'AutoLoraEmbedding',
  reference: ({ table, ids }) => tf.gather(table, ids as tf.Tensor1D),
  host: {
    outputShape: ({ table, ids }) => [...ids.shape, table.shape[1] as number],
    compute: ({ table, ids }, output) => {
      const width = table.shape[1] as number;
      ids.integers.forEach((id, row) => {
        output.values.set(table.values.subarray(id * width, (id + 1) * width), row * width);
      });
    },
  },
  saves: ['ids'],
  gradient: (dy, { ids }, attributes) => ({ table: () => runScatter({ dy, ids }, attributes) }),
});

/**
 * @param table (V, D)
 * @param ids (…), int32
 * @param paddingIndex row that gets no gradient, as torch.nn.Embedding's padding_idx
 * @returns (…, D)
 */
export function embedding(table: tf.Tensor, ids: tf.Tensor, paddingIndex = -1): tf.Tensor {
  return runEmbedding({ table, ids }, { rows: table.shape[0] as number, paddingIndex });
}
