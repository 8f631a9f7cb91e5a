/** A file with the number of the process that holds it, so that two processes do not write the same place at the same time. */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';

/** Milliseconds. A lock without a number is just being written, or its process was ended before it could. */
const writingMs = 200;

/** Locks of this process: its number alone may be that of an ended one, in a container that starts as the last one did. */
const heldHere = new Set<string>();

const hasCode = (error: unknown, code: string) => (error as NodeJS.ErrnoException).code === code;

/** Whether a process is there; another person's may not be asked, but is. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return hasCode(error, 'EPERM');
  }
}

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

/**
 * Takes a lock for this process; that of a process that has ended counts for nothing. It is given back by `release`, or when
 * the process exits.
 * @param file in a folder that is there
 */
export async function takeLock(file: string): Promise<{ release(): void } | { heldBy: number }> {
  const path = resolve(file);
  if (heldHere.has(path)) return { heldBy: process.pid };
  while (!create(path)) {
    if (pidIn(path) === undefined) await setTimeout(writingMs);
    const pid = pidIn(path);
    if (heldHere.has(path) || (pid !== undefined && pid !== process.pid && isAlive(pid)))
      return { heldBy: pid ?? process.pid };
    removeStale(path, pid);
  }
  heldHere.add(path);
  const release = () => {
    process.off('exit', release);
    heldHere.delete(path);
    if (pidIn(path) === process.pid) rmSync(path, { force: true });
  };
  process.on('exit', release);
  return { release };
}
