/** A checkpoint folder opened as the page and the command line do, with every tensor read. */
import { openCheckpoint, type ReadOptions } from '../model/checkpoint';
import { type ModelArrays, readStored } from '../model/loadedModel';
import type { FileBytes } from '../tensor/fileSet';

export async function readCheckpoint(
  files: readonly FileBytes[],
  options: ReadOptions,
): Promise<ModelArrays> {
  const blobs = files.map(({ name, bytes }) => ({ name, blob: new Blob([bytes]) }));
  const opened = await openCheckpoint(blobs, options);
  const tensors = new Map<string, { shape: number[]; data: Float32Array }>();
  for (const [name, stored] of opened.tensors)
    tensors.set(name, { shape: stored.shape, data: await readStored(stored) });
  return { ...opened, tensors };
}
