/**
 * Safetensors whose bytes are in memory: reading is lazy, one tensor at a time, and an aligned F32 tensor is a view on
 * the file. Files too big for that are read by `safetensorsBlob.ts`.
 */
import { baseName, type FileBytes, folderOf, readJson } from './fileSet';
import { decodeBfloat16, decodeFloat16, encodeFloat16 } from './halfFloat';
import {
  DTYPE_BYTES,
  type Fail,
  failIn,
  headerBytesOf,
  headerOf,
  LENGTH_BYTES,
  readHeader,
  type SafetensorsDtype,
  type TensorEntry,
} from './safetensorsHeader';

export type { SafetensorsDtype, TensorEntry } from './safetensorsHeader';

/** Tensors by name, from one file or from all shards of a checkpoint. */
export interface TensorSource {
  /** What error messages call it. */
  readonly fileName: string;
  readonly metadata: Record<string, string>;
  readonly entries: ReadonlyMap<string, TensorEntry>;
  /** Values as float32, row-major; F64 and integers are rounded. A view where possible: do not write into it. */
  float32(name: string): Float32Array;
  /** Values of an integer or boolean tensor. @throws Error where one does not fit 32 bits. */
  int32(name: string): Int32Array;
}

/**
 * Opens one file.
 * @throws Error with one sentence: file, tensor, bytes expected and found, how to mend it.
 */
export function openSafetensors(file: FileBytes): TensorSource {
  const { name: fileName, bytes } = file;
  const fail = failIn(fileName);
  const total = bytes.byteLength;
  const headerBytes = headerBytesOf(bytes, total, fail);
  const { metadata, entries } = readHeader(new Uint8Array(bytes, LENGTH_BYTES, headerBytes), total, fail);
  const entryOf = (name: string): TensorEntry =>
    entries.get(name) ?? fail(`there is no tensor "${name}" in it (it has ${entries.size}).`);
  return {
    fileName,
    metadata,
    entries,
    float32: (name) => float32Of(bytes, entryOf(name)),
    int32: (name) => int32Of(bytes, entryOf(name), fail),
  };
}

const ARRAY_OF = {
  F64: Float64Array,
  F32: Float32Array,
  F16: Uint16Array,
  BF16: Uint16Array,
  I64: BigInt64Array,
  I32: Int32Array,
  I16: Int16Array,
  I8: Int8Array,
  U64: BigUint64Array,
  U32: Uint32Array,
  U16: Uint16Array,
  U8: Uint8Array,
  BOOL: Uint8Array,
} as const;

/** The stored values: a view where the offset is aligned, else a copy of this tensor alone. */
function stored<D extends SafetensorsDtype>(bytes: ArrayBuffer, entry: TensorEntry & { dtype: D }) {
  const size = DTYPE_BYTES[entry.dtype];
  const aligned = entry.byteOffset % size === 0;
  const buffer = aligned ? bytes : bytes.slice(entry.byteOffset, entry.byteOffset + entry.byteLength);
  const kind = ARRAY_OF[entry.dtype] as (typeof ARRAY_OF)[D];
  return new kind(buffer, aligned ? entry.byteOffset : 0, entry.byteLength / size) as InstanceType<
    (typeof ARRAY_OF)[D]
  >;
}

/** Values of the entry in these bytes; `entry.byteOffset` counts from their start. A view where it is aligned F32. */
export function float32Of(bytes: ArrayBuffer, entry: TensorEntry): Float32Array {
  switch (entry.dtype) {
    case 'F32':
      return stored(bytes, { ...entry, dtype: 'F32' });
    case 'F16':
      return decodeFloat16(stored(bytes, { ...entry, dtype: 'F16' }));
    case 'BF16':
      return decodeBfloat16(stored(bytes, { ...entry, dtype: 'BF16' }));
    case 'I64':
    case 'U64':
      return Float32Array.from(stored(bytes, { ...entry, dtype: entry.dtype }), Number);
    default:
      return Float32Array.from(stored(bytes, { ...entry, dtype: entry.dtype }));
  }
}

/** Values of an integer or boolean entry in these bytes. */
export function int32Of(bytes: ArrayBuffer, entry: TensorEntry, fail: Fail): Int32Array {
  const { dtype, name } = entry;
  if (dtype === 'F64' || dtype === 'F32' || dtype === 'F16' || dtype === 'BF16')
    return fail(`tensor "${name}" holds ${dtype} values; expected whole numbers.`);
  if (dtype === 'I32') return stored(bytes, { ...entry, dtype });
  return Int32Array.from(stored(bytes, { ...entry, dtype }) as Iterable<number | bigint>, (value) => {
    const number = Number(value);
    return number === (number | 0)
      ? number
      : fail(`tensor "${name}" holds ${value}, which does not fit 32 bits.`);
  });
}

/** Which shard holds which tensor, from the parsed `model.safetensors.index.json`. */
export interface ShardIndex {
  /** Tensor name → shard file name. */
  shardOf: ReadonlyMap<string, string>;
  /** Sorted. */
  shardNames: string[];
}

/** @throws Error where the JSON is no index. */
export function readShardIndex(json: unknown, indexName: string): ShardIndex {
  const { weight_map: weightMap } = (json ?? {}) as { weight_map?: Record<string, string> };
  if (typeof weightMap !== 'object' || weightMap === null)
    throw new Error(`${indexName}: "weight_map" is missing, so it is no index of a sharded checkpoint.`);
  return {
    shardOf: new Map(Object.entries(weightMap)),
    shardNames: [...new Set(Object.values(weightMap))].sort(),
  };
}

/**
 * The shards of an index among the files of its folder, in the order of `shardNames`.
 * @throws Error naming every shard that is missing.
 */
export function findShards<F extends { name: string }>(
  indexName: string,
  { shardNames }: ShardIndex,
  files: readonly F[],
): F[] {
  const folder = folderOf(indexName);
  const found = new Map(files.filter((f) => folderOf(f.name) === folder).map((f) => [baseName(f.name), f]));
  const missing = shardNames.filter((name) => !found.has(name));
  if (missing.length > 0)
    throw new Error(
      `${indexName} needs ${shardNames.length} shards; missing: ${missing.join(', ')}. Add them to the folder.`,
    );
  return shardNames.map((name) => found.get(name) as F);
}

/**
 * Where each tensor of an index lies among its opened shards.
 * @throws Error naming the tensor that its shard does not hold.
 */
export function joinShards<
  S extends { metadata: Record<string, string>; entries: ReadonlyMap<string, TensorEntry> },
>(
  indexName: string,
  { shardOf, shardNames }: ShardIndex,
  opened: readonly S[],
): { metadata: Record<string, string>; entries: Map<string, TensorEntry>; sourceOf(tensor: string): S } {
  const shards = new Map(shardNames.map((name, i) => [name, opened[i] as S]));
  const sourceOf = (tensor: string): S => {
    const shard = shards.get(shardOf.get(tensor) ?? '');
    if (!shard?.entries.has(tensor))
      throw new Error(`${indexName}: tensor "${tensor}" is not in ${shardOf.get(tensor) ?? 'any shard'}.`);
    return shard;
  };
  return {
    metadata: Object.assign({}, ...opened.map((shard) => shard.metadata)),
    entries: new Map(
      [...shardOf.keys()].map((name) => [name, sourceOf(name).entries.get(name) as TensorEntry]),
    ),
    sourceOf,
  };
}

/**
 * All shards that a `model.safetensors.index.json` names, as one source.
 * @param files where the shards lie, in the folder of the index.
 * @throws Error naming every shard that is missing, or the tensor that its shard does not hold.
 */
export function openSharded(index: FileBytes, files: readonly FileBytes[]): TensorSource {
  const shardIndex = readShardIndex(readJson(index), index.name);
  const opened = findShards(index.name, shardIndex, files).map(openSafetensors);
  const { metadata, entries, sourceOf } = joinShards(index.name, shardIndex, opened);
  return {
    fileName: index.name,
    metadata,
    entries,
    float32: (name) => sourceOf(name).float32(name),
    int32: (name) => sourceOf(name).int32(name),
  };
}

/** A tensor to write; int32 values become I32. */
export interface TensorToWrite {
  shape: readonly number[];
  data: Float32Array | Int32Array;
  /** Of float values; default F32. */
  dtype?: 'F32' | 'F16';
}

/**
 * Writes a file as the reference does: wide dtypes first, then by name, header padded with spaces to 8 bytes.
 * @throws Error where a shape and its data disagree.
 */
export function writeSafetensors(
  tensors: Iterable<readonly [string, TensorToWrite]>,
  metadata: Record<string, string> = { format: 'pt' },
): ArrayBuffer {
  const encoded = [...tensors].map(([name, { shape, data, dtype }]) => {
    const size = shape.reduce((n, d) => n * d, 1);
    if (size !== data.length)
      throw new Error(
        `Cannot write tensor "${name}": shape [${shape}] has ${size} values but ${data.length} are given.`,
      );
    if (data instanceof Int32Array) return { name, shape, dtype: 'I32' as const, data };
    return dtype === 'F16'
      ? { name, shape, dtype, data: encodeFloat16(data) }
      : { name, shape, dtype: 'F32' as const, data };
  });
  encoded.sort(
    (a, b) => DTYPE_BYTES[b.dtype] - DTYPE_BYTES[a.dtype] || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0),
  );

  const head = headerOf(encoded, metadata);
  const out = new Uint8Array(encoded.reduce((n, { data }) => n + data.byteLength, head.byteLength));
  out.set(head);
  let at = head.byteLength;
  for (const { data } of encoded) {
    out.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return out.buffer;
}
