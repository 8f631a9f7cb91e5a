/**
 * Safetensors read from a Blob by slices: the header first, then one tensor at a time when it is asked for, so that a
 * file of any size is never held whole. A File of a drop, of the origin's private file system or of `fs.openAsBlob` is one.
 */
import { type FileBlob, readBlobJson } from './fileSet';
import { findShards, float32Of, int32Of, joinShards, readShardIndex } from './safetensors';
import { failIn, headerBytesOf, LENGTH_BYTES, readHeader, type TensorEntry } from './safetensorsHeader';

/** Tensors by name, from one file or from all shards of a checkpoint; values are read when asked for. */
export interface StreamedTensors {
  /** What error messages call it. */
  readonly fileName: string;
  readonly metadata: Record<string, string>;
  readonly entries: ReadonlyMap<string, TensorEntry>;
  /**
   * Values as float32, row-major; F64 and integers are rounded. Memory of its own, kept by nobody else.
   * @throws Error naming the file that can no longer be read, or the tensor that is not in it.
   */
  float32(name: string): Promise<Float32Array>;
  /** Values of an integer or boolean tensor. @throws Error where one does not fit 32 bits. */
  int32(name: string): Promise<Int32Array>;
}

/** What is read at once: a Blob's `arrayBuffer` may hold its result twice while it is put together. */
const SLICE_BYTES = 16 * 2 ** 20;

async function readBytes({ name, blob }: FileBlob, begin: number, end: number): Promise<ArrayBuffer> {
  const out = new Uint8Array(end - begin);
  for (let at = begin; at < end; at += SLICE_BYTES) {
    let slice: ArrayBuffer;
    try {
      slice = await blob.slice(at, Math.min(end, at + SLICE_BYTES)).arrayBuffer();
    } catch {
      throw new Error(
        `${name} could not be read: it was moved, changed or removed since it was chosen. Choose it again.`,
      );
    }
    out.set(new Uint8Array(slice), at - begin);
  }
  return out.buffer;
}

/**
 * Reads and checks the header of one file.
 * @throws Error with one sentence: file, tensor, bytes expected and found, how to mend it.
 */
export async function openSafetensorsBlob(file: FileBlob): Promise<StreamedTensors> {
  const fail = failIn(file.name);
  const total = file.blob.size;
  const headerBytes = headerBytesOf(await readBytes(file, 0, Math.min(total, LENGTH_BYTES)), total, fail);
  const json = await readBytes(file, LENGTH_BYTES, LENGTH_BYTES + headerBytes);
  const { metadata, entries } = readHeader(new Uint8Array(json), total, fail);
  const read = async (name: string) => {
    const entry = entries.get(name) ?? fail(`there is no tensor "${name}" in it (it has ${entries.size}).`);
    const bytes = await readBytes(file, entry.byteOffset, entry.byteOffset + entry.byteLength);
    return { bytes, entry: { ...entry, byteOffset: 0 } };
  };
  return {
    fileName: file.name,
    metadata,
    entries,
    async float32(name) {
      const { bytes, entry } = await read(name);
      return float32Of(bytes, entry);
    },
    async int32(name) {
      const { bytes, entry } = await read(name);
      return int32Of(bytes, entry, fail);
    },
  };
}

/**
 * All shards that a `model.safetensors.index.json` names, as one source.
 * @param files where the shards lie, in the folder of the index.
 * @throws Error naming every shard that is missing, or the tensor that its shard does not hold.
 */
export async function openShardedBlobs(
  index: FileBlob,
  files: readonly FileBlob[],
): Promise<StreamedTensors> {
  const shardIndex = readShardIndex(await readBlobJson(index), index.name);
  const opened = await Promise.all(findShards(index.name, shardIndex, files).map(openSafetensorsBlob));
  const { metadata, entries, sourceOf } = joinShards(index.name, shardIndex, opened);
  return {
    fileName: index.name,
    metadata,
    entries,
    float32: async (name) => sourceOf(name).float32(name),
    int32: async (name) => sourceOf(name).int32(name),
  };
}
