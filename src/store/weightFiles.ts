/** Weights of runs as files of the origin's private file system (OPFS), where the browser has it. */
import type { Snapshot } from '../runtime/protocol';
import { openOriginFolder } from './originFolder';

/** Keeps blobs by name; a write is whole or does not happen. */
export interface WeightFiles {
  write(name: string, snapshot: Snapshot): Promise<void>;
  read(name: string): Promise<Snapshot | undefined>;
  remove(name: string): Promise<void>;
}

/** Bytes of a snapshot in one file: length of the state's JSON, the JSON, the tensors. */
export function snapshotBytes({ state, tensors }: Snapshot): Uint8Array<ArrayBuffer> {
  const json = new TextEncoder().encode(JSON.stringify(state));
  const bytes = new Uint8Array(4 + json.length + tensors.byteLength);
  new DataView(bytes.buffer).setUint32(0, json.length, true);
  bytes.set(json, 4);
  bytes.set(tensors, 4 + json.length);
  return bytes;
}

/** @throws Error where the bytes are no snapshot */
export function snapshotOf(bytes: Uint8Array): Snapshot {
  const length =
    bytes.length < 4 ? Infinity : new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  if (4 + length > bytes.length) throw new Error('The weights of the run are cut off.');
  return {
    state: JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length))),
    tensors: bytes.slice(4 + length),
  };
}

/** Undefined where the browser has no such file system, or none that a page may write. */
export function openWeightFiles(storage: StorageManager | undefined): WeightFiles | undefined {
  const folder = openOriginFolder(storage, 'runs');
  return (
    folder && {
      write: (name, snapshot) => folder.write(name, new Blob([snapshotBytes(snapshot)])),
      async read(name) {
        const file = await folder.read(name);
        return file && snapshotOf(new Uint8Array(await file.arrayBuffer()));
      },
      remove: (name) => folder.remove(name),
    }
  );
}
