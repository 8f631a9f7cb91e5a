/** Names of runs as names of files. */
import { expect, it } from 'vitest';
import { fileNameOf } from './runNames';

it('leaves letters of any script in the name of a file, and nothing that a system refuses', () => {
  expect(fileNameOf('amber otter 2')).toBe('amber-otter-2');
  expect(fileNameOf('a/b: c*?')).toBe('a-b-c-');
  expect(fileNameOf('größer_日本')).toBe('größer_日本');
});
