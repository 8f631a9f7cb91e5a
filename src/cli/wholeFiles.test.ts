import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../testing/temporaryFolder';
import { readWhole, replaceFile, writeWhole } from './wholeFiles';

const folder = temporaryFolder('files');

describe('a file in slices', () => {
  it.each([1, 3, 10, 11, undefined])('of %s bytes is what one call would have moved', (slice) => {
    const path = join(folder, 'a');
    // A part of a larger buffer, and shorter than what is there.
    const bytes = Uint8Array.from({ length: 12 }, (_, i) => i).subarray(1, 11);
    writeWhole(path, new Uint8Array(20));
    writeWhole(path, bytes, slice);
    expect(new Uint8Array(readFileSync(path))).toEqual(bytes);
    const read = readWhole(path, slice);
    expect(read).toEqual(bytes);
    expect(read.buffer.byteLength).toBe(10);
  });

  it('may be empty', () => {
    writeWhole(join(folder, 'none'), new Uint8Array(0));
    expect(readWhole(join(folder, 'none'))).toEqual(new Uint8Array(0));
  });
});

it('replaces a text and leaves nothing beside it', () => {
  const path = join(folder, 'text');
  for (const text of ['one', 'two']) replaceFile(path, text);
  expect(readFileSync(path, 'utf8')).toBe('two');
  expect(readdirSync(folder).filter((name) => name.startsWith('text'))).toEqual(['text']);
});
