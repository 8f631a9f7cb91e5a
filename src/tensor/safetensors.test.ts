/** Safetensors: what is written reads back, every dtype decodes, and each way a file can be damaged is named. */
import { describe, expect, it } from 'vitest';
import { jsonFile } from './fileSet';
import { openSafetensors, openSharded, writeSafetensors } from './safetensors';

/** A file from a raw header and data, to damage at will. */
function fileOf(header: unknown, data: Uint8Array, name = 'm.safetensors') {
  const json = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + json.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
  bytes.set(json, 8);
  bytes.set(data, 8 + json.length);
  return { name, bytes: bytes.buffer };
}

const raw = (array: ArrayBufferView) => new Uint8Array(array.buffer, array.byteOffset, array.byteLength);

describe('writeSafetensors and openSafetensors', () => {
  const tensors: [string, { shape: number[]; data: Float32Array | Int32Array; dtype?: 'F16' }][] = [
    ['b', { shape: [2, 2], data: new Float32Array([1.5, -2, 3.25, 1e-30]) }],
    ['h', { shape: [3], data: new Float32Array([1, 0.5, -65504]), dtype: 'F16' }],
    ['a', { shape: [], data: new Float32Array([7]) }],
    ['n', { shape: [2], data: new Int32Array([-1, 2 ** 31 - 1]) }],
    ['none', { shape: [0, 4], data: new Float32Array(0) }],
  ];

  it('read back what was written', () => {
    const bytes = writeSafetensors(tensors, { format: 'pt', step: '3' });
    const source = openSafetensors({ name: 'x', bytes });
    expect(source.metadata).toEqual({ format: 'pt', step: '3' });
    for (const [name, { shape, data }] of tensors) {
      expect(source.entries.get(name)?.shape).toEqual(shape);
      expect(data instanceof Int32Array ? source.int32(name) : source.float32(name)).toEqual(data);
    }
  });

  it('lays the file out as the reference does: 8-byte header, wide dtypes first, then names', () => {
    const bytes = writeSafetensors(tensors);
    const headerBytes = Number(new DataView(bytes).getBigUint64(0, true));
    expect(headerBytes % 8).toBe(0);
    const header = JSON.parse(new TextDecoder().decode(new Uint8Array(bytes, 8, headerBytes)));
    expect(Object.keys(header)).toEqual(['__metadata__', 'a', 'b', 'n', 'none', 'h']);
    expect(header.__metadata__).toEqual({ format: 'pt' });
  });

  it('hands out F32 as a view where aligned and as a copy where not', () => {
    const bytes = writeSafetensors([['b', { shape: [1], data: new Float32Array([4]) }]]);
    expect(openSafetensors({ name: 'x', bytes }).float32('b').buffer).toBe(bytes);
    const header = '{"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}';
    const odd = fileOf(
      header.padEnd(header.length + ((5 - (header.length % 4)) % 4), ' '),
      raw(new Float32Array([4])),
    );
    expect(openSafetensors(odd).entries.get('b')?.byteOffset).toBe(odd.bytes.byteLength - 4);
    expect((odd.bytes.byteLength - 4) % 4).not.toBe(0);
    expect([...openSafetensors(odd).float32('b')]).toEqual([4]);
  });

  it.each([
    ['F64', new Float64Array([0.1, -3])],
    ['F16', new Uint16Array([0x2e66, 0xc200])],
    ['BF16', new Uint16Array([0x3dcd, 0xc040])],
  ])('decodes %s to float32', (dtype, stored) => {
    const data = raw(stored);
    const source = openSafetensors(
      fileOf({ x: { dtype, shape: [2], data_offsets: [0, data.length] } }, data),
    );
    const [first, second] = source.float32('x');
    expect(first).toBeCloseTo(0.1, dtype === 'BF16' ? 3 : 4);
    expect(second).toBe(-3);
  });

  it.each([
    ['I64', new BigInt64Array([5n, -6n])],
    ['U64', new BigUint64Array([5n, 6n])],
    ['I32', new Int32Array([5, -6])],
    ['I16', new Int16Array([5, -6])],
    ['U8', new Uint8Array([5, 6])],
    ['BOOL', new Uint8Array([1, 0])],
  ])('reads %s as whole numbers', (dtype, stored) => {
    const data = raw(stored);
    const source = openSafetensors(
      fileOf({ x: { dtype, shape: [2], data_offsets: [0, data.length] } }, data),
    );
    expect([...source.int32('x')]).toEqual([...stored].map(Number));
    expect([...source.float32('x')]).toEqual([...stored].map(Number));
  });

  it('refuses to write a shape that disagrees with its data', () => {
    expect(() => writeSafetensors([['w', { shape: [3], data: new Float32Array(2) }]])).toThrow(
      'tensor "w": shape [3] has 3 values but 2',
    );
  });
});

describe('a damaged file', () => {
  const entry = (begin: number, end: number, more: object = {}) => ({
    dtype: 'F32',
    shape: [(end - begin) / 4],
    data_offsets: [begin, end],
    ...more,
  });
  const open = (header: unknown, dataBytes: number) => () =>
    openSafetensors(fileOf(header, new Uint8Array(dataBytes)));

  it('is named when cut short, with the tensor and both sizes', () => {
    const bytes = writeSafetensors([['layer.0.w', { shape: [8], data: new Float32Array(8) }]]);
    const cut = (length: number) => () =>
      openSafetensors({ name: 'cut.safetensors', bytes: bytes.slice(0, length) });
    const total = bytes.byteLength;
    expect(cut(total - 5)).toThrow(
      `cut.safetensors: tensor "layer.0.w" ends at byte ${total} but the file has ${total - 5}; it is truncated`,
    );
    expect(cut(20)).toThrow('the header needs');
    expect(cut(3)).toThrow('at least 8 bytes of a safetensors file, got 3');
  });

  it.each([
    ['overlap', { a: entry(0, 8), b: entry(4, 12) }, 12, 'tensor "b" overlaps with "a" by 4 bytes'],
    ['hole', { a: entry(0, 4), b: entry(8, 12) }, 12, '4 bytes before tensor "b"'],
    ['trailing bytes', { a: entry(0, 4) }, 9, 'the tensors end at byte'],
    ['shape', { a: entry(0, 8, { shape: [3] }) }, 8, 'needs 12 bytes but is given 8'],
    ['dtype', { a: entry(0, 8, { dtype: 'F8_E4M3' }) }, 8, 'tensor "a" has dtype "F8_E4M3"'],
    ['offsets', { a: entry(0, 8, { data_offsets: [8, 0] }) }, 8, 'data_offsets [8,0]'],
    ['negative shape', { a: entry(0, 8, { shape: [-2] }) }, 8, 'has shape [-2]'],
    ['json', '{"a": ', 0, 'header is not valid JSON'],
    ['array', '[1]', 0, 'not a JSON object'],
  ])('is named: %s', (_name, header, dataBytes, message) => {
    expect(open(header, dataBytes)).toThrow(message);
    expect(open(header, dataBytes)).toThrow('m.safetensors: ');
  });

  it('is named when it is no safetensors file at all', () => {
    const bytes = new TextEncoder().encode('PK\u0003\u0004 a zip archive').buffer as ArrayBuffer;
    expect(() => openSafetensors({ name: 'pytorch_model.bin', bytes })).toThrow('not a safetensors file');
  });

  it('says which tensor is absent, and which value does not fit', () => {
    const wide = fileOf(
      { x: { dtype: 'I64', shape: [1], data_offsets: [0, 8] } },
      raw(new BigInt64Array([2n ** 40n])),
    );
    expect(() => openSafetensors(wide).int32('x')).toThrow('"x" holds 1099511627776');
    expect(() => openSafetensors(wide).float32('y')).toThrow('no tensor "y"');
  });
});

describe('openSharded', () => {
  const shard = (name: string, tensor: string, value: number) => ({
    name,
    bytes: writeSafetensors([[tensor, { shape: [1], data: new Float32Array([value]) }]]),
  });
  const index = (map: Record<string, string>) =>
    jsonFile('m/model.safetensors.index.json', { weight_map: map });
  const one = shard('m/model-1.safetensors', 'a', 1);
  const two = shard('m/model-2.safetensors', 'b', 2);

  it('joins the shards', () => {
    const source = openSharded(index({ a: 'model-1.safetensors', b: 'model-2.safetensors' }), [one, two]);
    expect([...source.entries.keys()]).toEqual(['a', 'b']);
    expect([...source.float32('b')]).toEqual([2]);
  });

  it('names a missing shard, and a tensor its shard does not hold', () => {
    const map = { a: 'model-1.safetensors', b: 'model-2.safetensors' };
    expect(() => openSharded(index(map), [one])).toThrow('needs 2 shards; missing: model-2.safetensors');
    expect(() => openSharded(index({ ...map, c: 'model-2.safetensors' }), [one, two])).toThrow(
      'tensor "c" is not in model-2.safetensors',
    );
    expect(() => openSharded(jsonFile('m/model.safetensors.index.json', {}), [])).toThrow(
      '"weight_map" is missing',
    );
  });
});
