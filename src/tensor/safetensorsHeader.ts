/**
 * The head of a safetensors file: 8 bytes of header length, then JSON that says where each tensor's raw little-endian
 * values lie. Checked whole before anything is used. Source: the format section of huggingface/safetensors.
 */

/** Bytes of one value. */
export const DTYPE_BYTES = {
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

/** Everything but the values. */
export interface SafetensorsHeader {
  metadata: Record<string, string>;
  entries: Map<string, TensorEntry>;
}

/** Bytes in front of the JSON. */
export const LENGTH_BYTES = 8;

/** Largest header the reference implementation accepts. */
const MAX_HEADER_BYTES = 100_000_000;

/** Ends in one sentence that begins with the file's name. */
export type Fail = (message: string) => never;

export function failIn(fileName: string): Fail {
  return (message) => {
    throw new Error(`${fileName}: ${message}`);
  };
}

/**
 * Length of the JSON from the first 8 bytes of a file of `total` bytes.
 * @throws Error with one sentence where this cannot be a whole safetensors file.
 */
export function headerBytesOf(first: ArrayBuffer, total: number, fail: Fail): number {
  if (total < LENGTH_BYTES)
    fail(`expected at least 8 bytes of a safetensors file, got ${total}; it is truncated or empty.`);
  const headerBytes = Number(new DataView(first).getBigUint64(0, true));
  if (headerBytes > MAX_HEADER_BYTES)
    fail(`its first 8 bytes give a header of ${headerBytes} bytes, so it is not a safetensors file.`);
  const dataStart = LENGTH_BYTES + headerBytes;
  if (dataStart > total)
    fail(`the header needs ${dataStart} bytes but the file has ${total}; it is truncated, fetch it again.`);
  return headerBytes;
}

/**
 * Checks the whole header at once, so that nothing of a damaged file is ever used.
 * @param json the bytes between the length and the data.
 * @throws Error with one sentence: file, tensor, bytes expected and found, how to mend it.
 */
export function readHeader(json: Uint8Array, total: number, fail: Fail): SafetensorsHeader {
  const dataStart = LENGTH_BYTES + json.byteLength;
  const metadata: Record<string, string> = {};
  const entries = new Map<string, TensorEntry>();
  for (const [name, value] of Object.entries(parseHeader(json, fail))) {
    if (name === '__metadata__') Object.assign(metadata, value);
    else entries.set(name, parseEntry(name, value, dataStart, total, fail));
  }
  checkLayout([...entries.values()], dataStart, total, fail);
  return { metadata, entries };
}

/** A tensor to be written: everything but its values. */
export interface TensorPlace {
  name: string;
  shape: readonly number[];
  dtype: SafetensorsDtype;
}

/**
 * Length and JSON in front of tensors that follow in the given order without gaps, padded with spaces to 8 bytes.
 * The reference writes wide dtypes first, then by name; the order is the caller's.
 */
export function headerOf(tensors: readonly TensorPlace[], metadata: Record<string, string>): Uint8Array {
  const header: Record<string, unknown> = { __metadata__: metadata };
  let offset = 0;
  for (const { name, shape, dtype } of tensors) {
    const bytes = shape.reduce((n, d) => n * d, 1) * DTYPE_BYTES[dtype];
    header[name] = { dtype, shape, data_offsets: [offset, offset + bytes] };
    offset += bytes;
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  const padded = Math.ceil(json.length / 8) * 8;
  const out = new Uint8Array(LENGTH_BYTES + padded).fill(0x20);
  new DataView(out.buffer).setBigUint64(0, BigInt(padded), true);
  out.set(json, LENGTH_BYTES);
  return out;
}

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
