/** Keys of file contents. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { contentKey, filesKeyOf, isSameKey } from './contentKey';

describe('contentKey', () => {
  afterEach(() => vi.unstubAllGlobals());

  it('is equal for equal contents alone', async () => {
    const one = await contentKey(new Blob(['label\ttext\n1\tgood']));
    expect(await contentKey(new Blob(['label\ttext\n1\tgood']))).toBe(one);
    expect(await contentKey(new Blob(['label\ttext\n1\tgoof']))).not.toBe(one);
    expect(await contentKey(new Blob([]))).toMatch(/^0-[0-9a-f]{64}$/);
  });

  it('sees a change in any part of a large file', async () => {
    const bytes = new Uint8Array((1 << 24) + 10);
    const keys = [await contentKey(new Blob([bytes]))];
    for (const at of [0, (1 << 24) - 1, bytes.length - 1]) {
      bytes[at] = 1;
      keys.push(await contentKey(new Blob([bytes])));
      bytes[at] = 0;
    }
    expect(new Set(keys).size).toBe(4);
    expect(await contentKey(new Blob([bytes]))).toBe(keys[0]);
  });

  it('knows the same object again where the page has no digests', async () => {
    const own = globalThis.crypto;
    vi.stubGlobal('crypto', { getRandomValues: own.getRandomValues.bind(own) });
    const blob = new Blob(['a']);
    expect(await contentKey(blob)).toBe(await contentKey(blob));
    expect(await contentKey(new Blob(['a']))).not.toBe(await contentKey(blob));
  });
});

describe('filesKeyOf', () => {
  afterEach(() => vi.unstubAllGlobals());

  const file = (name: string, text: string) => ({ name, blob: new Blob([text]) });

  it('is the same in whatever order a folder lists its files', async () => {
    const [config, weights] = [file('config.json', '{}'), file('model.safetensors', 'abc')];
    const key = await filesKeyOf({ model: { name: 'mine', files: [config, weights] } });
    expect(await filesKeyOf({ model: { name: 'mine', files: [weights, config] } })).toBe(key);
    expect(await filesKeyOf({ model: { name: 'mine', files: [config] } })).not.toBe(key);
    expect(isSameKey('b a', 'a b')).toBe(true);
    expect(isSameKey('b a', 'a c')).toBe(false);
    expect(await filesKeyOf({})).toBe('');
  });

  it('is not known where contents cannot be told apart', async () => {
    vi.stubGlobal('crypto', {});
    expect(await filesKeyOf({ train: [file('train.tsv', 'x')] })).toBeUndefined();
  });
});
