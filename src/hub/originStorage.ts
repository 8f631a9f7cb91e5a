/**
 * The origin's private file system as the cache's place. Works in a dedicated worker, where files are written in place
 * and survive a reload at any moment, and on the page, where they are saved every 32 MiB.
 */
import { HubError } from './failure';
import type { HubStorage, HubWriter } from './storage';

const ROOT = 'hub';
const FLUSH_BYTES = 8 * 2 ** 20;
const SAVE_BYTES = 32 * 2 ** 20;
const place = 'this site’s private storage';

const nameOf = (error: unknown) => (error instanceof DOMException ? error.name : '');
const isAbsent = (error: unknown) => ['NotFoundError', 'TypeMismatchError'].includes(nameOf(error));

/** Turns what browsers throw into a sentence. */
function sentence(error: unknown): Error {
  const name = nameOf(error);
  if (name === 'QuotaExceededError')
    return new HubError(
      'storage',
      'This browser grants no more room: delete downloads that are no longer needed, or free space on the disk. What came is kept.',
    );
  if (name === 'NoModificationAllowedError' || name === 'InvalidStateError')
    return new HubError(
      'storage',
      'Another tab is downloading the same file; let it finish there, or close it and try again.',
    );
  if (name === 'SecurityError')
    return new HubError('storage', 'This browser keeps no files for this page (a private window does not).');
  return error instanceof Error ? error : new Error(String(error));
}

async function told<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw sentence(error);
  }
}

async function folderAt(path: string, create = false): Promise<FileSystemDirectoryHandle> {
  if (!navigator.storage?.getDirectory)
    throw new HubError('storage', 'This browser has no private file system, so nothing can be kept.');
  let folder = await (await navigator.storage.getDirectory()).getDirectoryHandle(ROOT, { create: true });
  for (const name of path.split('/').filter(Boolean))
    folder = await folder.getDirectoryHandle(name, { create });
  return folder;
}

const split = (path: string): [string, string] => {
  const at = path.lastIndexOf('/');
  return [path.slice(0, Math.max(0, at)), path.slice(at + 1)];
};

async function fileAt(path: string, create = false): Promise<FileSystemFileHandle> {
  const [folder, name] = split(path);
  return (await folderAt(folder, create)).getFileHandle(name, { create });
}

async function orUndefined<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw sentence(error);
  }
}

const readFile = (path: string) => orUndefined(fileAt(path).then((handle) => handle.getFile()));

/** In a worker: written in place. Only one such handle can be open, so two downloads cannot mix. */
async function writeInPlace(handle: FileSystemFileHandle, keep: number): Promise<HubWriter> {
  const access = await handle.createSyncAccessHandle();
  try {
    access.truncate(keep);
  } catch (error) {
    access.close();
    throw error;
  }
  let at = keep;
  let flushed = keep;
  return {
    write: (bytes) =>
      told(async () => {
        const written = access.write(bytes as Uint8Array<ArrayBuffer>, { at });
        if (written < bytes.length) throw new DOMException('', 'QuotaExceededError');
        at += written;
        if (at - flushed < FLUSH_BYTES) return;
        access.flush();
        flushed = at;
      }),
    close: () =>
      told(async () => {
        // Whatever the disk says: an open handle would keep every later download out.
        try {
          access.flush();
        } finally {
          access.close();
        }
      }),
  };
}

/** On the page: a stream writes into a copy that takes the file's place when it is closed. */
async function writeByCopies(handle: FileSystemFileHandle, keep: number): Promise<HubWriter> {
  const open = async (at: number) => {
    const stream = await handle.createWritable({ keepExistingData: at > 0 });
    await stream.truncate(at);
    await stream.seek(at);
    return stream;
  };
  let at = keep;
  let saved = keep;
  let stream = await open(at);
  return {
    write: (bytes) =>
      told(async () => {
        await stream.write(bytes as Uint8Array<ArrayBuffer>);
        at += bytes.length;
        if (at - saved < SAVE_BYTES) return;
        await stream.close();
        stream = await open(at);
        saved = at;
      }),
    close: () => told(() => stream.close()),
  };
}

const canCopy = () => typeof FileSystemFileHandle.prototype.createWritable === 'function';
const inWorker = () => typeof FileSystemFileHandle.prototype.createSyncAccessHandle === 'function';

export function originStorage(): HubStorage {
  const append = (path: string, keep: number) =>
    told(async () => {
      const handle = await fileAt(path, true);
      return inWorker() ? writeInPlace(handle, keep) : writeByCopies(handle, keep);
    });
  return {
    place,
    append,
    readText: async (path) => (await readFile(path))?.text(),
    async writeText(path, text) {
      // A copy that takes the place of the old text when it is whole, where the browser can (old Safari cannot).
      const handle = await told(() => fileAt(path, true));
      const writer = await told(() => (canCopy() ? writeByCopies(handle, 0) : writeInPlace(handle, 0)));
      try {
        await writer.write(new TextEncoder().encode(text));
      } finally {
        await writer.close();
      }
    },
    size: async (path) => (await readFile(path))?.size ?? 0,
    blob: readFile,
    async folders(path) {
      const names: string[] = [];
      const folder = await orUndefined(folderAt(path));
      if (folder)
        for await (const [name, { kind }] of folder.entries()) if (kind === 'directory') names.push(name);
      return names.sort();
    },
    async remove(path) {
      const [folder, name] = split(path);
      await orUndefined(folderAt(folder).then((parent) => parent.removeEntry(name, { recursive: true })));
    },
    async freeBytes() {
      const { quota, usage = 0 } = await navigator.storage.estimate();
      return quota === undefined ? undefined : Math.max(0, quota - usage);
    },
  };
}
