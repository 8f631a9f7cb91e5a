/**
 * Who writes a run folder: a file `lock` in it with the number of the process, so that two commands do not train one run
 * at the same time.
 */
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { isAlive } from '../hub/folderStorage';

/** Exit code of `autolora run` where another process trains the run: it has not failed. */
export const lockedExit = 75;

/** Milliseconds. A lock without a number is just being written, or its process was ended before it could. */
const writingMs = 200;

const hasCode = (error: unknown, code: string) => (error as NodeJS.ErrnoException).code === code;

/** Its number; undefined where the file is gone or has none. */
function pidIn(path: string): number | undefined {
  try {
    return Number.parseInt(readFileSync(path, 'utf8'), 10) || undefined;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** @returns false where the file is there already */
function create(path: string, pid = process.pid): boolean {
  try {
    writeFileSync(path, `${pid}\n`, { flag: 'wx' });
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  }
}

/** Takes the lock of an ended process away. Of several that do so at once one gets the file. */
function removeStale(path: string, stale: number | undefined): void {
  const aside = `${path}.${process.pid}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return;
    throw error;
  }
  // Another process was faster, and this is the lock that it has made since.
  const holder = pidIn(aside);
  if (holder !== stale && holder !== undefined) create(path, holder);
  rmSync(aside, { force: true });
}

export const lockPath = (folder: string): string => join(folder, 'lock');

/**
 * Takes a run folder, which is made where it is not there, for this process; the lock of a process that has ended counts for
 * nothing. It is given back by `release`, or when the process exits.
 */
export async function takeRunLock(folder: string): Promise<{ release(): void } | { heldBy: number }> {
  mkdirSync(folder, { recursive: true });
  const path = lockPath(folder);
  while (!create(path)) {
    if (pidIn(path) === undefined) await setTimeout(writingMs);
    const pid = pidIn(path);
    // With our own number it is an earlier process's: this one asks only for what it does not hold.
    if (pid !== undefined && pid !== process.pid && isAlive(pid)) return { heldBy: pid };
    removeStale(path, pid);
  }
  const release = () => {
    process.off('exit', release);
    if (pidIn(path) === process.pid) rmSync(path, { force: true });
  };
  process.on('exit', release);
  return { release };
}
