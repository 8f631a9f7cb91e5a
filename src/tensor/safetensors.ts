/**
 * The safetensors format: 8 bytes of header length, a JSON header, raw little-endian data. Reading is lazy, one tensor
 * at a time, and an aligned F32 tensor is a view on the file. Source: the format section of huggingface/safetensors.
 */
import { baseName, type FileBytes, folderOf, readJson } from './fileSet';
import { decodeBfloat16, decodeFloat16, encodeFloat16 } from './halfFloat';

const DTYPE_BYTES = {
  F64: 8,
  F32: 4,
  F16: 2,
  BF16: 2,
  I64: 8,
  I32: 4,
  I16: 2,
  I8: 1,
  U64: 8,
  U32: 4,
  U16: 2,
  U8: 1,
  BOOL: 1,
} as const;

export type SafetensorsDtype = keyof typeof DTYPE_BYTES;

/** Where one tensor lies in its file. */
export interface TensorEntry {
  name: string;
  dtype: SafetensorsDtype;
  shape: number[];
  /** From the start of the file. */
  byteOffset: number;
  byteLength: number;
}

/** Tensors by name, from one file or from all shards of a checkpoint. */
export interface TensorSource {
  /** What error messages call it. */
  readonly fileName: string;
  readonly metadata: Record<string, string>;
  readonly entries: ReadonlyMap<string, TensorEntry>;
  /** Values as float32, row-major; F64 and integers are rounded. A view where possible: do not write into it. */
  float32(name: string): Float32Array;
  /** Values of an integer or boolean tensor. @throws Error where one does not fit 32 bits. */
  int32(name: string): Int32Array;
}

/** Largest header the reference implementation accepts. */
const MAX_HEADER_BYTES = 100_000_000;

/**
 * Checks the whole header at once, so that nothing of a damaged file is ever used.
 * @throws Error with one sentence: file, tensor, bytes expected and found, how to mend it.
 */
export function openSafetensors(file: FileBytes): TensorSource {
  const { name: fileName, bytes } = file;
  const fail = (message: string): never => {
    throw new Error(`${fileName}: ${message}`);
  };
  const total = bytes.byteLength;
  if (total < 8)
    fail(`expected at least 8 bytes of a safetensors file, got ${total}; it is truncated or empty.`);
  const view = new DataView(bytes);
  const headerBytes = Number(view.getBigUint64(0, true));
  if (headerBytes > MAX_HEADER_BYTES)
    fail(`its first 8 bytes give a header of ${headerBytes} bytes, so it is not a safetensors file.`);
  const dataStart = 8 + headerBytes;
  if (dataStart > total)
    fail(`the header needs ${dataStart} bytes but the file has ${total}; it is truncated, fetch it again.`);
  const header = parseHeader(new Uint8Array(bytes, 8, headerBytes), fail);

  const metadata: Record<string, string> = {};
  const entries = new Map<string, TensorEntry>();
  for (const [name, value] of Object.entries(header)) {
    if (name === '__metadata__') Object.assign(metadata, value);
    else entries.set(name, parseEntry(name, value, dataStart, total, fail));
  }
  checkLayout([...entries.values()], dataStart, total, fail);

  const entryOf = (name: string): TensorEntry =>
    entries.get(name) ?? fail(`there is no tensor "${name}" in it (it has ${entries.size}).`);
  return {
    fileName,
    metadata,
    entries,
    float32: (name) => readFloat32(bytes, entryOf(name)),
    int32: (name) => readInt32(bytes, entryOf(name), fail),
  };
}

type Fail = (message: string) => never;

function parseHeader(bytes: Uint8Array, fail: Fail): Record<string, unknown> {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    return fail(`its header is not valid JSON (${(error as Error).message}); the file is damaged.`);
  }
  if (typeof header !== 'object' || header === null || Array.isArray(header))
    return fail('its header is not a JSON object; the file is damaged.');
  return header as Record<string, unknown>;
}

function parseEntry(name: string, value: unknown, dataStart: number, total: number, fail: Fail): TensorEntry {
  const { dtype, shape, data_offsets: offsets } = (value ?? {}) as Record<string, unknown>;
  if (typeof dtype !== 'string' || !(dtype in DTYPE_BYTES))
    fail(
      `tensor "${name}" has dtype ${JSON.stringify(dtype)}; supported are ${Object.keys(DTYPE_BYTES).join(', ')}.`,
    );
  const wholes = (list: unknown): list is number[] =>
    Array.isArray(list) && list.every((n) => Number.isSafeInteger(n) && n >= 0);
  if (!wholes(shape))
    return fail(`tensor "${name}" has shape ${JSON.stringify(shape)}; expected whole numbers.`);
  if (!wholes(offsets) || offsets.length !== 2 || (offsets[0] as number) > (offsets[1] as number))
    return fail(`tensor "${name}" has data_offsets ${JSON.stringify(offsets)}; expected [begin, end].`);
  const [begin, end] = offsets as [number, number];
  const expected = shape.reduce((n, d) => n * d, 1) * DTYPE_BYTES[dtype as SafetensorsDtype];
  if (end - begin !== expected)
    fail(
      `tensor "${name}" of shape [${shape}] and dtype ${dtype} needs ${expected} bytes but is given ${end - begin}.`,
    );
  if (dataStart + end > total)
    fail(
      `tensor "${name}" ends at byte ${dataStart + end} but the file has ${total}; it is truncated, fetch it again.`,
    );
  return {
    name,
    dtype: dtype as SafetensorsDtype,
    shape: [...shape],
    byteOffset: dataStart + begin,
    byteLength: expected,
  };
}

/** The data must be covered once, without overlap or hole, as the reference demands. */
function checkLayout(entries: TensorEntry[], dataStart: number, total: number, fail: Fail): void {
  entries.sort((a, b) => a.byteOffset - b.byteOffset || a.byteLength - b.byteLength);
  let end = dataStart;
  let before = 'the header';
  for (const entry of entries) {
    if (entry.byteOffset < end)
      fail(
        `tensor "${entry.name}" overlaps with "${before}" by ${end - entry.byteOffset} bytes; the file is damaged.`,
      );
    if (entry.byteOffset > end)
      fail(
        `${entry.byteOffset - end} bytes before tensor "${entry.name}" belong to no tensor; the file is damaged.`,
      );
    end = entry.byteOffset + entry.byteLength;
    before = entry.name;
  }
  if (end !== total)
    fail(`the tensors end at byte ${end} but the file has ${total}; it is damaged or two files were joined.`);
}

const ARRAY_OF = {
  F64: Float64Array,
  F32: Float32Array,
  F16: Uint16Array,
  BF16: Uint16Array,
  I64: BigInt64Array,
  I32: Int32Array,
  I16: Int16Array,
  I8: Int8Array,
  U64: BigUint64Array,
  U32: Uint32Array,
  U16: Uint16Array,
  U8: Uint8Array,
  BOOL: Uint8Array,
} as const;

/** The stored values: a view where the offset is aligned, else a copy of this tensor alone. */
function stored<D extends SafetensorsDtype>(bytes: ArrayBuffer, entry: TensorEntry & { dtype: D }) {
  const size = DTYPE_BYTES[entry.dtype];
  const aligned = entry.byteOffset % size === 0;
  const buffer = aligned ? bytes : bytes.slice(entry.byteOffset, entry.byteOffset + entry.byteLength);
  const kind = ARRAY_OF[entry.dtype] as (typeof ARRAY_OF)[D];
  return new kind(buffer, aligned ? entry.byteOffset : 0, entry.byteLength / size) as InstanceType<
    (typeof ARRAY_OF)[D]
  >;
}

function readFloat32(bytes: ArrayBuffer, entry: TensorEntry): Float32Array {
  switch (entry.dtype) {
    case 'F32':
      return stored(bytes, { ...entry, dtype: 'F32' });
    case 'F16':
      return decodeFloat16(stored(bytes, { ...entry, dtype: 'F16' }));
    case 'BF16':
      return decodeBfloat16(stored(bytes, { ...entry, dtype: 'BF16' }));
    case 'I64':
    case 'U64':
      return Float32Array.from(stored(bytes, { ...entry, dtype: entry.dtype }), Number);
    default:
      return Float32Array.from(stored(bytes, { ...entry, dtype: entry.dtype }));
  }
}

function readInt32(bytes: ArrayBuffer, entry: TensorEntry, fail: Fail): Int32Array {
  const { dtype, name } = entry;
  if (dtype === 'F64' || dtype === 'F32' || dtype === 'F16' || dtype === 'BF16')
    return fail(`tensor "${name}" holds ${dtype} values; expected whole numbers.`);
  if (dtype === 'I32') return stored(bytes, { ...entry, dtype });
  return Int32Array.from(stored(bytes, { ...entry, dtype }) as Iterable<number | bigint>, (value) => {
    const number = Number(value);
    return number === (number | 0)
      ? number
      : fail(`tensor "${name}" holds ${value}, which does not fit 32 bits.`);
  });
}

/**
 * All shards that a `model.safetensors.index.json` names, as one source.
 * @param files where the shards lie, in the folder of the index.
 * @throws Error naming every shard that is missing, or the tensor that its shard does not hold.
 */
export function openSharded(index: FileBytes, files: readonly FileBytes[]): TensorSource {
  const { weight_map: weightMap } = (readJson(index) ?? {}) as { weight_map?: Record<string, string> };
  if (typeof weightMap !== 'object' || weightMap === null)
    throw new Error(`${index.name}: "weight_map" is missing, so it is no index of a sharded checkpoint.`);
  const folder = folderOf(index.name);
  const shardNames = [...new Set(Object.values(weightMap))].sort();
  const found = new Map(files.filter((f) => folderOf(f.name) === folder).map((f) => [baseName(f.name), f]));
  const missing = shardNames.filter((name) => !found.has(name));
  if (missing.length > 0)
    throw new Error(
      `${index.name} needs ${shardNames.length} shards; missing: ${missing.join(', ')}. Add them to the folder.`,
    );
  const shards = new Map(shardNames.map((name) => [name, openSafetensors(found.get(name) as FileBytes)]));
  const sourceOf = (tensor: string): TensorSource => {
    const shard = shards.get(weightMap[tensor] ?? '');
    if (!shard?.entries.has(tensor))
      throw new Error(`${index.name}: tensor "${tensor}" is not in ${weightMap[tensor] ?? 'any shard'}.`);
    return shard;
  };
  const names = Object.keys(weightMap);
  return {
    fileName: index.name,
    metadata: Object.assign({}, ...[...shards.values()].map((shard) => shard.metadata)),
    entries: new Map(names.map((name) => [name, sourceOf(name).entries.get(name) as TensorEntry])),
    float32: (name) => sourceOf(name).float32(name),
    int32: (name) => sourceOf(name).int32(name),
  };
}

/** A tensor to write; int32 values become I32. */
export interface TensorToWrite {
  shape: readonly number[];
  data: Float32Array | Int32Array;
  /** Of float values; default F32. */
  dtype?: 'F32' | 'F16';
}

/**
 * Writes a file as the reference does: wide dtypes first, then by name, header padded with spaces to 8 bytes.
 * @throws Error where a shape and its data disagree.
 */
export function writeSafetensors(
  tensors: Iterable<readonly [string, TensorToWrite]>,
  metadata: Record<string, string> = { format: 'pt' },
): ArrayBuffer {
  const encoded = [...tensors].map(([name, { shape, data, dtype }]) => {
    const size = shape.reduce((n, d) => n * d, 1);
    if (size !== data.length)
      throw new Error(
        `Cannot write tensor "${name}": shape [${shape}] has ${size} values but ${data.length} are given.`,
      );
    if (data instanceof Int32Array) return { name, shape, dtype: 'I32' as const, data };
    return dtype === 'F16'
      ? { name, shape, dtype, data: encodeFloat16(data) }
      : { name, shape, dtype: 'F32' as const, data };
  });
  encoded.sort(
    (a, b) => DTYPE_BYTES[b.dtype] - DTYPE_BYTES[a.dtype] || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0),
  );

  const header: Record<string, unknown> = { __metadata__: metadata };
  let offset = 0;
  for (const { name, shape, dtype, data } of encoded) {
    header[name] = { dtype, shape, data_offsets: [offset, offset + data.byteLength] };
    offset += data.byteLength;
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  const headerBytes = Math.ceil(json.length / 8) * 8;
  const out = new Uint8Array(8 + headerBytes + offset);
  new DataView(out.buffer).setBigUint64(0, BigInt(headerBytes), true);
  out.fill(0x20, 8, 8 + headerBytes);
  out.set(json, 8);
  let at = 8 + headerBytes;
  for (const { data } of encoded) {
    out.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return out.buffer;
}
