/** The archive against Python's zipfile, and the checksum against its check value. */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../testing/temporaryFolder';
import { crc32, zipParts } from './zip';

const bytes = (text: string) => new TextEncoder().encode(text);
const files = [
  { name: 'adapter_config.json', bytes: bytes('{"r": 8}') },
  { name: 'ü.bin', bytes: new Uint8Array([0, 255, 7]) },
];

describe('zipParts', () => {
  it('has the checksum of the standard', () => {
    expect(crc32(bytes('123456789'))).toBe(0xcbf43926);
  });

  it('lays out local headers, directory and end record as they are read back', () => {
    const archive = new Uint8Array(Buffer.concat(zipParts('adapter', files)));
    const view = new DataView(archive.buffer);
    expect(view.getUint32(0, true)).toBe(0x04034b50);
    const end = archive.length - 22;
    expect(view.getUint32(end, true)).toBe(0x06054b50);
    expect(view.getUint16(end + 10, true)).toBe(2);
    const directory = view.getUint32(end + 16, true);
    expect(view.getUint32(directory, true)).toBe(0x02014b50);
    expect(directory + view.getUint32(end + 12, true)).toBe(end);
    const second = view.getUint32(directory + 46 + 'adapter/adapter_config.json'.length + 42, true);
    expect(view.getUint32(second, true)).toBe(0x04034b50);
    expect([...archive.subarray(directory - 3, directory)]).toEqual([0, 255, 7]);
  });

  const python = spawnSync('python3', ['-c', 'import zipfile'], { encoding: 'utf8' });
  it.skipIf(python.status !== 0)('is a ZIP that Python accepts (skipped where there is no python3)', () => {
    const path = join(temporaryFolder('zip'), 'a.zip');
    writeFileSync(path, Buffer.concat(zipParts('adapter', files)));
    const script =
      'import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); print(z.testzip(), z.namelist(), list(z.read(z.namelist()[1])))';
    const { stdout } = spawnSync('python3', ['-X', 'utf8', '-c', script, path], { encoding: 'utf8' });
    expect(stdout.trim()).toBe("None ['adapter/adapter_config.json', 'adapter/ü.bin'] [0, 255, 7]");
  });
});
