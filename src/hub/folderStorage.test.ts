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
      'Another process is downloading the same file; let it finish, or end it, and try again.',
    );
    await first.close();
    const second = await storage.append('a/file', 1);
    await second.write(Uint8Array.of(9));
    await second.close();
    expect([...readFileSync(join(root, 'a/file'))]).toEqual([1, 9]);
    expect(existsSync(join(root, 'a/file.lock'))).toBe(false);
  });

  it('passes over the lock of a process that is gone', async () => {
    // Above the largest process id of Linux.
    writeFileSync(join(root, 'file.lock'), '5000000');
    const writer = await folderStorage(root).append('file', 0);
    await writer.close();
    expect(existsSync(join(root, 'file.lock'))).toBe(false);
  });
});
