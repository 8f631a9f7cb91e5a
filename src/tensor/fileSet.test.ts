/** Files are found wherever the folder was dropped, and unreadable ones are named. */
import { describe, expect, it } from 'vitest';
import { baseName, filesIn, findFile, folderOf, readJson, readText } from './fileSet';

const file = (name: string, text: string) => ({
  name,
  bytes: new TextEncoder().encode(text).buffer as ArrayBuffer,
});

describe('fileSet', () => {
  const files = [file('m/checkpoint-1/config.json', '1'), file('m/config.json', '2'), file('m/a.txt', 'x')];

  it('prefers the file nearest to the root', () => {
    expect(findFile(files, 'config.json')?.name).toBe('m/config.json');
    expect(findFile(files, 'vocab.json')).toBeUndefined();
    expect(filesIn(files, 'm/').map((f) => f.name)).toEqual(['m/config.json', 'm/a.txt']);
    expect([baseName('a/b.c'), folderOf('a/b.c'), folderOf('b.c')]).toEqual(['b.c', 'a/', '']);
  });

  it('names a file that cannot be read', () => {
    expect(readJson(file('ok.json', '{"a":1}'))).toEqual({ a: 1 });
    expect(() => readJson(file('cut.json', '{"a":'))).toThrow('cut.json is not valid JSON (5 bytes)');
    expect(() => readJson(file('p.json', 'version https://git-lfs.github.com/spec/v1'))).toThrow(
      'Git LFS pointer',
    );
    expect(() => readText({ name: 'b.txt', bytes: new Uint8Array([0xff, 0xfe, 0x41]).buffer })).toThrow(
      'b.txt is not UTF-8',
    );
  });
});
