/** A folder of the origin's private file system (OPFS) as a store of blobs by name, where the browser has one. */

/** A write is whole or does not happen. */
export interface BlobFolder {
  write(name: string, content: Blob): Promise<void>;
  /** Its `lastModified` says when it was written. */
  read(name: string): Promise<File | undefined>;
  remove(name: string): Promise<void>;
  names(): Promise<string[]>;
}

/**
 * What `act` does with a folder; undefined where the browser has one, but not for this page (a private window, blocked site
 * data): then IndexedDB is to do it.
 * @throws Error where there is no room
 */
export async function ifAllowed<T>(act: () => Promise<T>): Promise<T | undefined> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof DOMException) || error.name === 'QuotaExceededError') throw error;
    return undefined;
  }
}

/** Undefined where the browser has no such file system, or none that a page may write. */
export function openOriginFolder(
  storage: StorageManager | undefined,
  folderName: string,
): BlobFolder | undefined {
  if (!storage?.getDirectory || typeof FileSystemFileHandle === 'undefined') return undefined;
  if (!('createWritable' in FileSystemFileHandle.prototype)) return undefined;
  const folder = async () => (await storage.getDirectory()).getDirectoryHandle(folderName, { create: true });
  const isMissing = (error: unknown) => error instanceof DOMException && error.name === 'NotFoundError';
  return {
    async write(name, content) {
      const file = await (await folder()).getFileHandle(name, { create: true });
      // Written beside and put in place when it is closed; a large file is never in memory as a whole.
      const writable = await file.createWritable();
      try {
        await content.stream().pipeTo(writable);
      } catch (error) {
        await writable.abort().catch(() => undefined);
        await this.remove(name).catch(() => undefined);
        throw error;
      }
    },
    async read(name) {
      try {
        return await (await (await folder()).getFileHandle(name)).getFile();
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw error;
      }
    },
    async remove(name) {
      try {
        await (await folder()).removeEntry(name);
      } catch (error) {
        if (!isMissing(error)) throw error;
      }
    },
    async names() {
      const names: string[] = [];
      for await (const name of (await folder()).keys()) names.push(name);
      return names;
    },
  };
}
