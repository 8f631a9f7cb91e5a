/** Which files of a built site the offline copy holds. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../src/testing/temporaryFolder';
import { siteFiles } from './offlineCopy';

it('takes what a visit can need, with a revision where the name has no hash', () => {
  const folder = temporaryFolder('site');
  for (const name of [
    'index.html',
    'harness.html',
    'build.json',
    'sw.js',
    'assets/index-Ab3_-9xY.js',
    'assets/harness-Ab3_-9xY.js',
    'models/m/model.safetensors',
    'models/m/training_log.jsonl',
  ]) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), name);
  }
  const files = siteFiles(folder);
  expect(files.map(({ url }) => url)).toEqual([
    'assets/index-Ab3_-9xY.js',
    'index.html',
    'models/m/model.safetensors',
  ]);
  expect(files.map(({ revision }) => revision === null)).toEqual([true, false, false]);
  writeFileSync(join(folder, 'index.html'), 'another');
  expect(siteFiles(folder)[1]?.revision).not.toBe(files[1]?.revision);
});
