/** Files are found wherever the folder was dropped, and unreadable ones are named. */
import { describe, expect, it } from 'vitest';
import { fileOf } from '../testing/tableFiles';
import { baseName, filesIn, findFile, folderOf, readJson, readText } from './fileSet';

describe('fileSet', () => {
  const files = [
    fileOf('m/checkpoint-1/config.json', '1'),
    fileOf('m/config.json', '2'),
    fileOf('m/a.txt', 'x'),
  ];

  it('prefers the file nearest to the root', () => {
    expect(findFile(files, 'config.json')?.name).toBe('m/config.json');
    expect(findFile(files, 'vocab.json')).toBeUndefined();
    expect(filesIn(files, 'm/').map((f) => f.name)).toEqual(['m/config.json', 'm/a.txt']);
    expect([baseName('a/b.c'), folderOf('a/b.c'), folderOf('b.c')]).toEqual(['b.c', 'a/', '']);
  });

  it('names a file that cannot be read', () => {
    expect(readJson(fileOf('ok.json', '{"a":1}'))).toEqual({ a: 1 });
    expect(() => readJson(fileOf('cut.json', '{"a":'))).toThrow('cut.json is not valid JSON (5 bytes)');
    expect(() => readJson(fileOf('p.json', 'version https://git-lfs.github.com/spec/v1'))).toThrow(
      'Git LFS pointer',
    );
    expect(() => readText({ name: 'b.txt', bytes: new Uint8Array([0xff, 0xfe, 0x41]).buffer })).toThrow(
      'b.txt is not UTF-8',
    );
  });
});
