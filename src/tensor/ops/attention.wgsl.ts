/**
 * Attention in WGSL on (B, T, D) tensors as they come, heads side by side in D: the forward pass in one program, and
 * the three of which its gradients are made. A group of threads works on one query of one head.
 */
import type * as tf from '@tensorflow/tfjs';
import { keptFactorSource, keptFactorUniforms, keptFactorValues } from './dropout';
import { runWgsl, type WgslProgram } from './webgpu';

/** The forward pass keeps the probabilities of one query in workgroup memory, which bounds the number of keys. */
export const MOST_KEYS = 1024;

interface Dropout {
  dropoutRate: number;
  dropoutKey: number;
}

const shapeUniforms = { heads: 'i32', headSize: 'i32', queries: 'i32', keys: 'i32', scale: 'f32' } as const;
const maskUniforms = { maskBatch: 'i32', maskHead: 'i32', maskQuery: 'i32', maskKey: 'i32' } as const;

/** Where a query's, a key's or a value's row of one head begins in a (B, T, D) array. */
const placeSource = /* wgsl */ `
  struct Place { batch : i32, head : i32, query : i32 };
  fn placeOf(at : i32) -> Place {
    let head = at / uniforms.queries;
    return Place(head / uniforms.heads, head % uniforms.heads, at % uniforms.queries);
  }
  fn startOf(batch : i32, row : i32, rows : i32, head : i32) -> i32 {
    return ((batch * rows + row) * uniforms.heads + head) * uniforms.headSize;
  }
`;

/** Fills `scores`, from `first` on, with the softmax over keys of one query; a thread touches its own keys alone. */
const probabilitiesSource = (scores: 'result' | 'row') => /* wgsl */ `
  ${placeSource}
  fn putScore(at : i32, score : f32) {
    ${scores === 'row' ? 'row[at] = score;' : 'if (live) { result[at] = score; }'}
  }
  fn fillProbabilities(place : Place, first : i32, thread : i32) {
    let q = startOf(place.batch, place.query, uniforms.queries, place.head);
    let m = place.batch * uniforms.maskBatch + place.head * uniforms.maskHead + place.query * uniforms.maskQuery;
    var largest = -3.4e38;
    for (var j = thread; j < uniforms.keys; j += threads) {
      let k = startOf(place.batch, j, uniforms.keys, place.head);
      var product = 0.0;
      for (var c = 0; c < uniforms.headSize; c++) { product += query[q + c] * key[k + c]; }
      let score = product * uniforms.scale + mask[m + j * uniforms.maskKey];
      putScore(first + j, score);
      largest = max(largest, score);
    }
    largest = maxOverGroup(largest);
    var share = 0.0;
    for (var j = thread; j < uniforms.keys; j += threads) {
      let power = exp(${scores}[first + j] - largest);
      putScore(first + j, power);
      share += power;
    }
    let total = sumOverGroup(share);
    for (var j = thread; j < uniforms.keys; j += threads) { putScore(first + j, ${scores}[first + j] / total); }
  }
`;

/** Room for the probabilities of one query in workgroup memory, all of which is cleared for every query. */
const capacities = [64, 256, MOST_KEYS];

const forwardProgram = (capacity: number): WgslProgram => ({
  name: `AutoLoraAttention${capacity}`,
  inputs: ['query', 'key', 'value', 'mask'],
  uniforms: { ...shapeUniforms, ...maskUniforms, ...keptFactorUniforms },
  per: 'group',
  source: /* wgsl */ `
    var<workgroup> row : array<f32, ${capacity}>;
    ${probabilitiesSource('row')}
    ${keptFactorSource}
    fn group(at : i32, thread : i32) {
      let place = placeOf(at);
      fillProbabilities(place, 0, thread);
      for (var j = thread; j < uniforms.keys; j += threads) {
        row[j] = row[j] * keptFactor(at * uniforms.keys + j);
      }
      workgroupBarrier();
      let start = startOf(place.batch, place.query, uniforms.queries, place.head);
      for (var c = thread; c < uniforms.headSize; c += threads) {
        var total = 0.0;
        for (var j = 0; j < uniforms.keys; j++) {
          total += row[j] * value[startOf(place.batch, j, uniforms.keys, place.head) + c];
        }
        result[start + c] = total;
      }
    }
  `,
});

const forwardPrograms = capacities.map(forwardProgram);

const probabilitiesProgram: WgslProgram = {
  name: 'AutoLoraAttentionProbabilities',
  inputs: ['query', 'key', 'mask'],
  uniforms: { ...shapeUniforms, ...maskUniforms },
  per: 'group',
  source: /* wgsl */ `
    ${probabilitiesSource('result')}
    fn group(at : i32, thread : i32) { fillProbabilities(placeOf(at), at * uniforms.keys, thread); }
  `,
};

const scoreGradProgram: WgslProgram = {
  name: 'AutoLoraAttentionScoreGrad',
  inputs: ['dy', 'value', 'probabilities'],
  uniforms: { ...shapeUniforms, ...keptFactorUniforms },
  per: 'group',
  source: /* wgsl */ `
    ${placeSource}
    ${keptFactorSource}
    fn group(at : i32, thread : i32) {
      let place = placeOf(at);
      let start = startOf(place.batch, place.query, uniforms.queries, place.head);
      var share = 0.0;
      for (var j = thread; j < uniforms.keys; j += threads) {
        let v = startOf(place.batch, j, uniforms.keys, place.head);
        var product = 0.0;
        for (var c = 0; c < uniforms.headSize; c++) { product += dy[start + c] * value[v + c]; }
        let index = at * uniforms.keys + j;
        product *= keptFactor(index);
        if (live) { result[index] = product; }
        share += product * probabilities[index];
      }
      let inner = sumOverGroup(share);
      for (var j = thread; j < uniforms.keys; j += threads) {
        let index = at * uniforms.keys + j;
        if (live) { result[index] = (result[index] - inner) * probabilities[index] * uniforms.scale; }
      }
    }
  `,
};

/** One element of the (B, T, D) product each; `overQueries` multiplies by the transposed matrix. */
const headProductProgram: WgslProgram = {
  name: 'AutoLoraHeadProduct',
  inputs: ['matrix', 'x'],
  uniforms: { ...shapeUniforms, overQueries: 'i32', ...keptFactorUniforms },
  per: 'element',
  source: /* wgsl */ `
    ${keptFactorSource}
    fn element(index : i32) -> f32 {
      let overQueries = uniforms.overQueries == 1;
      let rows = select(uniforms.queries, uniforms.keys, overQueries);
      let summed = select(uniforms.keys, uniforms.queries, overQueries);
      let width = uniforms.heads * uniforms.headSize;
      let column = index % width;
      let row = (index / width) % rows;
      let batch = index / (width * rows);
      let head = column / uniforms.headSize;
      let matrixStart = (batch * uniforms.heads + head) * uniforms.queries * uniforms.keys;
      let step = select(1, uniforms.keys, overQueries);
      let first = matrixStart + row * select(uniforms.keys, 1, overQueries);
      var total = 0.0;
      for (var i = 0; i < summed; i++) {
        let at = first + i * step;
        total += matrix[at] * keptFactor(at) * x[(batch * summed + i) * width + column];
      }
      return total;
    }
  `,
};

const droppedBy = ({ dropoutRate, dropoutKey }: Dropout) =>
  keptFactorValues({ rate: dropoutRate, key: dropoutKey });

function shapeValues(queries: tf.Tensor, keys: tf.Tensor, heads: number): Record<string, number> {
  const [, queryCount, width] = queries.shape as [number, number, number];
  const headSize = width / heads;
  const scale = 1 / Math.sqrt(headSize);
  return { heads, headSize, queries: queryCount, keys: keys.shape[1] as number, scale };
}

/** Strides of a mask that is broadcast to (B, H, T, T). */
function maskValues(mask: tf.Tensor): Record<string, number> {
  const shape = [1, 1, 1, 1, ...mask.shape].slice(-4);
  const strideOf = (axis: number) =>
    shape[axis] === 1 ? 0 : shape.slice(axis + 1).reduce((product, n) => product * n, 1);
  return { maskBatch: strideOf(0), maskHead: strideOf(1), maskQuery: strideOf(2), maskKey: strideOf(3) };
}

/** @param query (B, Tq, D) @param key, value (B, Tk, D), Tk at most `MOST_KEYS` @returns (B, Tq, D) */
export function attentionOnDevice(
  backend: tf.KernelBackend,
  { query, key, value, mask }: Record<'query' | 'key' | 'value' | 'mask', tf.Tensor>,
  { heads, ...dropout }: Dropout & { heads: number },
): tf.TensorInfo {
  const shape = shapeValues(query, key, heads);
  const uniforms = { ...shape, ...maskValues(mask), ...droppedBy(dropout) };
  const groups = (query.shape[0] as number) * heads * (shape.queries as number);
  const program = forwardPrograms.find((_, i) => (capacities[i] as number) >= (shape.keys as number));
  if (!program) throw new Error(`Attention on the GPU takes ${MOST_KEYS} keys at most.`);
  return runWgsl(backend, program, [query, key, value, mask], query.shape, uniforms, groups);
}

/** softmax(q kᵀ / √d + mask). @returns (B, H, Tq, Tk) */
export function probabilitiesOnDevice(
  backend: tf.KernelBackend,
  { query, key, mask }: Record<'query' | 'key' | 'mask', tf.Tensor>,
  heads: number,
): tf.TensorInfo {
  const uniforms = { ...shapeValues(query, key, heads), ...maskValues(mask) };
  const [batch, queries] = query.shape as [number, number];
  const shape = [batch, heads, queries, key.shape[1] as number];
  return runWgsl(backend, probabilitiesProgram, [query, key, mask], shape, uniforms, batch * heads * queries);
}

/** Gradient of q kᵀ from that of the context, dy (B, Tq, D). @returns (B, H, Tq, Tk) */
export function scoreGradOnDevice(
  backend: tf.KernelBackend,
  { dy, value, probabilities }: Record<'dy' | 'value' | 'probabilities', tf.Tensor>,
  { heads, ...dropout }: Dropout & { heads: number },
): tf.TensorInfo {
  const uniforms = { ...shapeValues(dy, value, heads), ...droppedBy(dropout) };
  const groups = (dy.shape[0] as number) * heads * (dy.shape[1] as number);
  const inputs = [dy, value, probabilities];
  return runWgsl(backend, scoreGradProgram, inputs, probabilities.shape, uniforms, groups);
}

/** dropout(M) x per head, or dropout(M)ᵀ x. @param matrix (B, H, Tq, Tk) @param x (B, Tk or Tq, D) @returns (B, Tq or Tk, D) */
export function headProductOnDevice(
  backend: tf.KernelBackend,
  { matrix, x }: Record<'matrix' | 'x', tf.Tensor>,
  { transpose, ...dropout }: Dropout & { transpose: boolean },
): tf.TensorInfo {
  const [batch, heads, queries, keys] = matrix.shape as [number, number, number, number];
  const width = x.shape[2] as number;
  const shape = { heads, headSize: width / heads, queries, keys, scale: 1 };
  const uniforms = { ...shape, overQueries: transpose ? 1 : 0, ...droppedBy(dropout) };
  return runWgsl(
    backend,
    headProductProgram,
    [matrix, x],
    [batch, transpose ? keys : queries, width],
    uniforms,
  );
}
