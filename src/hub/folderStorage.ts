/** A folder of this machine as the place of downloads from the Hub. */
import {
  existsSync,
  mkdirSync,
  openAsBlob,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { type FileHandle, open, statfs } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { HubError } from './failure';
import { takeLock } from './fileLock';
import type { HubStorage } from './storage';

/** Beside the caches of other programs; `XDG_CACHE_HOME` moves them all. */
export function defaultHubFolder(environment: NodeJS.ProcessEnv = process.env): string {
  return join(environment.XDG_CACHE_HOME || join(homedir(), '.cache'), 'autolora-playground', 'hub');
}

/** Keeps a second process from the same file. @returns a function that gives it back */
async function lock(path: string): Promise<() => void> {
  const taken = await takeLock(path);
  if ('release' in taken) return taken.release;
  throw new HubError(
    'storage',
    `Process ${taken.heldBy} is downloading the same file; let it finish, or end it, and try again. If that process ` +
      `downloads nothing, delete ${path}.`,
  );
}

/** Downloads kept below `root`, which is made when something is first kept. */
export function folderStorage(root: string): HubStorage {
  const at = (path: string) => join(root, ...path.split('/'));
  const told = async <T>(work: () => Promise<T> | T): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      const { code } = error as { code?: string };
      if (code === 'ENOSPC' || code === 'EDQUOT')
        throw new HubError('storage', `The disk of ${root} is full: free some space. What came is kept.`);
      if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS' || code === 'ENOTDIR')
        throw new HubError(
          'storage',
          `${root} cannot be written (${code}); choose another folder with --cache.`,
        );
      throw error;
    }
  };
  return {
    place: `the folder ${root}`,
    readText: async (path) => (existsSync(at(path)) ? readFileSync(at(path), 'utf8') : undefined),
    writeText: (path, text) =>
      told(async () => {
        mkdirSync(dirname(at(path)), { recursive: true });
        // Renamed into place, so that a process killed in between leaves the old text.
        const fresh = `${at(path)}.${process.pid}`;
        const file = await open(fresh, 'w');
        try {
          await file.writeFile(text);
          await file.sync();
        } finally {
          await file.close();
        }
        renameSync(fresh, at(path));
      }),
    size: async (path) => (existsSync(at(path)) ? statSync(at(path)).size : 0),
    append: (path, keep) =>
      told(async () => {
        mkdirSync(dirname(at(path)), { recursive: true });
        const unlock = await lock(`${at(path)}.lock`);
        let file: FileHandle;
        try {
          file = await open(at(path), existsSync(at(path)) ? 'r+' : 'w');
          await file.truncate(keep);
        } catch (error) {
          unlock();
          throw error;
        }
        let position = keep;
        return {
          write: (bytes) =>
            told(async () => {
              for (let written = 0; written < bytes.length; )
                written += (await file.write(bytes, written, bytes.length - written, position + written))
                  .bytesWritten;
              position += bytes.length;
            }),
          close: () => file.close().finally(unlock),
        };
      }),
    blob: async (path) => (existsSync(at(path)) ? openAsBlob(at(path)) : undefined),
    folders: async (path) =>
      existsSync(at(path))
        ? readdirSync(at(path), { withFileTypes: true })
            .filter((entry) => entry.isDirectory())
            .map(({ name }) => name)
            .sort()
        : [],
    remove: (path) => told(() => rmSync(at(path), { recursive: true, force: true })),
    async freeBytes() {
      let folder = root;
      while (!existsSync(folder)) folder = dirname(folder);
      const { bavail, bsize } = await statfs(folder);
      return bavail * bsize;
    },
  };
}
