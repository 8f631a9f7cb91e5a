/** A tab finds after a reload what it had; what nobody can read is as good as nothing. */
import { expect, it } from 'vitest';
import { MemorySettings } from '../testing/memorySettings';
import { TabMemory } from './tabMemory';

const tried = { shift: 0.5, ranks: { '0.query': 3 } };

it('has the run and what was tried with it', () => {
  const storage = new MemorySettings();
  const before = new TabMemory(storage);
  before.noteRun('a');
  before.noteTried('a', tried);
  const after = new TabMemory(storage);
  expect(after.run).toBe('a');
  expect(after.triedOf('a')).toEqual(tried);
  expect(after.triedOf('b')).toBeUndefined();
  after.noteTried('a', undefined);
  expect(after.triedOf('a')).toBeUndefined();
});

it('has nothing where a browser keeps nothing, or something else stands there', () => {
  expect(new TabMemory().run).toBeUndefined();
  expect(new TabMemory().triedOf('a')).toBeUndefined();
  const storage = new MemorySettings();
  for (const text of ['{', '{"run":"a"}', '{"run":"a","tried":{"shift":"far","ranks":{}}}']) {
    storage.kept.set('autolora-tried', text);
    expect(new TabMemory(storage).triedOf('a')).toBeUndefined();
  }
});
