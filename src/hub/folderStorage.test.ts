/** A folder as the place of downloads: one writer at a time for each file. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../testing/temporaryFolder';
import { folderStorage } from './folderStorage';

let root: string;
beforeEach(() => {
  root = temporaryFolder('storage');
});

describe('append', () => {
  it('keeps a second writer from the same file until the first has closed', async () => {
    const storage = folderStorage(root);
    const first = await storage.append('a/file', 0);
    await first.write(Uint8Array.of(1, 2));
    await expect(storage.append('a/file', 0)).rejects.toThrow(
      `Process ${process.pid} is downloading the same file; let it finish, or end it, and try again. If that process downloads nothing, delete ${join(root, 'a/file.lock')}.`,
    );
    await first.close();
    const second = await storage.append('a/file', 1);
    await second.write(Uint8Array.of(9));
    await second.close();
    expect([...readFileSync(join(root, 'a/file'))]).toEqual([1, 9]);
    expect(existsSync(join(root, 'a/file.lock'))).toBe(false);
  });

  // The first is above the largest process id of Linux; in a container the next start has the numbers of the last one.
  it.each([5_000_000, process.pid])('passes over the lock of a process that is gone, %i', async (pid) => {
    writeFileSync(join(root, 'file.lock'), String(pid));
    const writer = await folderStorage(root).append('file', 0);
    await writer.close();
    expect(existsSync(join(root, 'file.lock'))).toBe(false);
  });
});
