/** Who writes a run folder: a file `lock` in it, so that two commands do not train one run at the same time. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { takeLock } from '../hub/fileLock';

/** Exit code of `autolora run` where another process trains the run: it has not failed. */
export const lockedExit = 75;

export const lockPath = (folder: string): string => join(folder, 'lock');

/** Takes a run folder, which is made where it is not there, for this process, as `takeLock`. */
export function takeRunLock(folder: string): ReturnType<typeof takeLock> {
  mkdirSync(folder, { recursive: true });
  return takeLock(lockPath(folder));
}
