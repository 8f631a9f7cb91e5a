/** Streaming gives the same values as bytes in memory, reads only what is asked for, and names every damage. */
import { describe, expect, it } from 'vitest';
import { openSafetensors, writeSafetensors } from './safetensors';
import { openSafetensorsBlob, openShardedBlobs } from './safetensorsBlob';
import { headerOf } from './safetensorsHeader';

const tensors: [string, { shape: number[]; data: Float32Array | Int32Array; dtype?: 'F16' }][] = [
  ['b', { shape: [2, 2], data: new Float32Array([1.5, -2, 3.25, 1e-30]) }],
  ['h', { shape: [3], data: new Float32Array([1, 0.5, -65504]), dtype: 'F16' }],
  ['n', { shape: [2], data: new Int32Array([-1, 2 ** 31 - 1]) }],
  ['none', { shape: [0, 4], data: new Float32Array(0) }],
];
const json = (name: string, value: unknown) => ({ name, blob: new Blob([JSON.stringify(value)]) });

/** A Blob that notes which bytes are read. */
class WatchedBlob extends Blob {
  readonly reads: [number, number][] = [];
  override slice(begin = 0, end = this.size): Blob {
    this.reads.push([begin, end]);
    return super.slice(begin, end);
  }
  override arrayBuffer(): Promise<ArrayBuffer> {
    throw new Error('The whole file was read.');
  }
}

describe('openSafetensorsBlob', () => {
  it('gives what the reader of bytes gives', async () => {
    const bytes = writeSafetensors(tensors, { format: 'pt', step: '3' });
    const memory = openSafetensors({ name: 'x', bytes });
    const streamed = await openSafetensorsBlob({ name: 'x', blob: new Blob([bytes]) });
    expect(streamed.metadata).toEqual(memory.metadata);
    expect([...streamed.entries]).toEqual([...memory.entries]);
    for (const name of ['b', 'h', 'none']) expect(await streamed.float32(name)).toEqual(memory.float32(name));
    expect(await streamed.int32('n')).toEqual(memory.int32('n'));
  });

  it('reads the header and then only the bytes of the tensor asked for, in bounded slices', async () => {
    const size = 5 * 2 ** 20; // 20 MiB of float32, more than one slice
    const data = new Float32Array(size).map((_, i) => i % 1000);
    const bytes = writeSafetensors([
      ['big', { shape: [size], data }],
      ['small', { shape: [2], data: new Float32Array([8, 9]) }],
    ]);
    const blob = new WatchedBlob([bytes]);
    const source = await openSafetensorsBlob({ name: 'x', blob });
    const header = blob.reads.length;
    expect(blob.reads.at(-1)?.[1]).toBeLessThan(1000);
    expect([...(await source.float32('small'))]).toEqual([8, 9]);
    const entry = source.entries.get('small');
    expect(blob.reads.slice(header)).toEqual([[entry?.byteOffset, (entry?.byteOffset ?? 0) + 8]]);
    const read = await source.float32('big');
    expect(Buffer.from(read.buffer).equals(Buffer.from(data.buffer))).toBe(true);
    expect(Math.max(...blob.reads.map(([begin, end]) => end - begin))).toBe(16 * 2 ** 20);
  });

  it('names the file that is cut, is no safetensors file, or has gone', async () => {
    const bytes = writeSafetensors(tensors);
    const open = (blob: Blob) => openSafetensorsBlob({ name: 'm.safetensors', blob });
    await expect(open(new Blob([bytes.slice(0, -3)]))).rejects.toThrow(
      /m\.safetensors: tensor "h" ends at byte/,
    );
    await expect(open(new Blob(['abc']))).rejects.toThrow('m.safetensors: expected at least 8 bytes');
    await expect(open(new Blob(['<!doctype html>']))).rejects.toThrow('not a safetensors file');
    const source = await open(new Blob([bytes]));
    await expect(source.float32('q')).rejects.toThrow('there is no tensor "q"');
    await expect(source.int32('b')).rejects.toThrow('holds F32 values');
    const gone = { size: 100, slice: () => ({ arrayBuffer: () => Promise.reject(new Error('gone')) }) };
    await expect(open(gone as unknown as Blob)).rejects.toThrow(
      'm.safetensors could not be read: it was moved',
    );
  });
});

describe('openShardedBlobs', () => {
  const shard = (name: string, tensor: string, value: number) => ({
    name,
    blob: new Blob([writeSafetensors([[tensor, { shape: [1], data: new Float32Array([value]) }]])]),
  });
  const files = [shard('m/1.safetensors', 'a', 1), shard('m/2.safetensors', 'b', 2)];
  const map = { a: '1.safetensors', b: '2.safetensors' };

  it('finds each tensor in its shard', async () => {
    const source = await openShardedBlobs(json('m/i.json', { weight_map: map }), files);
    expect([...source.entries.keys()]).toEqual(['a', 'b']);
    expect([...(await source.float32('a')), ...(await source.float32('b'))]).toEqual([1, 2]);
  });

  it('names missing shards, misplaced tensors and what is no index', async () => {
    const index = json('m/i.json', { weight_map: map });
    await expect(openShardedBlobs(index, files.slice(1))).rejects.toThrow('missing: 1.safetensors');
    await expect(
      openShardedBlobs(json('m/i.json', { weight_map: { ...map, b: '1.safetensors' } }), files),
    ).rejects.toThrow('tensor "b" is not in 1.safetensors');
    await expect(openShardedBlobs(json('i.json', {}), files)).rejects.toThrow('"weight_map" is missing');
  });
});

describe('headerOf', () => {
  it('is read back by the reader, for files that are written tensor by tensor', async () => {
    const head = headerOf(
      [
        { name: 'w', shape: [2, 1], dtype: 'F32' },
        { name: 'b', shape: [1], dtype: 'F32' },
      ],
      { format: 'pt' },
    );
    const blob = new Blob([head as BlobPart, new Float32Array([1, 2]), new Float32Array([3])]);
    const source = await openSafetensorsBlob({ name: 'x', blob });
    expect([...(await source.float32('w')), ...(await source.float32('b'))]).toEqual([1, 2, 3]);
  });
});
