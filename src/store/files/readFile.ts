/** Reading what a person chose, which may have changed on the disk since. */
import type { FileBlob } from '../../runtime/protocol';

/** What `read` makes of the file. @throws Error a sentence that names it where it cannot be read any more */
export async function readFile<T>({ name, blob }: FileBlob, read: (blob: Blob) => Promise<T>): Promise<T> {
  try {
    return await read(blob);
  } catch (error) {
    // A browser without room is no fault of the file.
    if (!(error instanceof DOMException) || error.name === 'QuotaExceededError') throw error;
    throw new Error(
      `${name} could not be read: it was moved, changed or removed since it was chosen. Choose it again.`,
    );
  }
}
