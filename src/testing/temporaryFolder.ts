/** Folders of the machine's temporary place that go when the tests of a file have ended. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** Makes an empty folder; it is removed with everything in it after the last test of the file. @returns its path */
export function temporaryFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `autolora-${name}-`));
  folders.push(folder);
  return folder;
}
