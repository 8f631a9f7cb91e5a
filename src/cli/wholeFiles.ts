/** Files that are read and written as a whole: those above Node's 2 GiB for one call, and those that others may be reading. */
import { closeSync, fstatSync, openSync, readSync, renameSync, writeFileSync, writeSync } from 'node:fs';

/** Bytes read or written by one call; Node refuses 2 GiB. */
const sliceBytes = 2 ** 30;

/** Moves all bytes by a call of node:fs that may move fewer than it was asked to. @throws Error where the file ends early */
function inSlices(path: string, total: number, slice: number, move: (at: number, count: number) => number) {
  for (let at = 0; at < total; ) {
    const moved = move(at, Math.min(slice, total - at));
    if (moved === 0)
      throw new Error(`${path} ended after ${at} of ${total} bytes; another program changes it.`);
    at += moved;
  }
}

/** A file of any size, in a buffer of its own. @param slice bytes at once */
export function readWhole(path: string, slice = sliceBytes): Uint8Array<ArrayBuffer> {
  const file = openSync(path, 'r');
  try {
    const bytes = new Uint8Array(fstatSync(file).size);
    inSlices(path, bytes.length, slice, (at, count) => readSync(file, bytes, at, count, at));
    return bytes;
  } finally {
    closeSync(file);
  }
}

/** Writes a file of any size, over an older one. @param slice bytes at once */
export function writeWhole(path: string, bytes: Uint8Array, slice = sliceBytes): void {
  const file = openSync(path, 'w');
  try {
    inSlices(path, bytes.length, slice, (at, count) => writeSync(file, bytes, at, count));
  } finally {
    closeSync(file);
  }
}

/** Writes a text whole or not at all: another process may be reading it, this one may be ended. */
export function replaceFile(path: string, text: string): void {
  const fresh = `${path}.${process.pid}`;
  writeFileSync(fresh, text);
  renameSync(fresh, path);
}
