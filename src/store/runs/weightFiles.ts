/** Weights of runs as files of the origin's private file system (OPFS), where the browser has it. */
import type { Snapshot } from '../../runtime/protocol';
import { openOriginFolder } from './originFolder';

/** Keeps blobs by name; a write is whole or does not happen. */
export interface WeightFiles {
  write(name: string, snapshot: Snapshot): Promise<void>;
  read(name: string): Promise<Snapshot | undefined>;
  remove(name: string): Promise<void>;
  names(): Promise<string[]>;
}

/** A snapshot in one file: length of the state's JSON, the JSON, the tensors; these may be large and are not copied. */
export function snapshotBlob({ state, tensors }: Snapshot): Blob {
  const json = new TextEncoder().encode(JSON.stringify(state));
  const length = new DataView(new ArrayBuffer(4));
  length.setUint32(0, json.length, true);
  return new Blob([length, json, tensors as Uint8Array<ArrayBuffer>]);
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
      write: (name, snapshot) => folder.write(name, snapshotBlob(snapshot)),
      async read(name) {
        const file = await folder.read(name);
        return file && snapshotOf(new Uint8Array(await file.arrayBuffer()));
      },
      remove: (name) => folder.remove(name),
      names: () => folder.names(),
    }
  );
}
