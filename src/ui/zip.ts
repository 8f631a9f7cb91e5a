/** Packs a few files into one uncompressed ZIP (PKWARE APPNOTE 6.3, method 0), so that an adapter is one download. */

const table = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let bit = 0; bit < 8; bit++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c;
});

/** CRC-32 as ZIP and PNG use it. */
export function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (table[(crc ^ byte) & 0xff] as number) ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

interface Entry {
  name: Uint8Array<ArrayBuffer>;
  crc: number;
  size: number;
  offset: number;
}

/** 1 January 1980: the earliest date a ZIP can carry, so that equal files give equal archives. */
const dosDate = 0x0021;

function header(
  signature: number,
  fields: readonly [value: number, bytes: 2 | 4][],
): Uint8Array<ArrayBuffer> {
  const view = new DataView(new ArrayBuffer(4 + fields.reduce((sum, [, bytes]) => sum + bytes, 0)));
  view.setUint32(0, signature, true);
  let at = 4;
  for (const [value, bytes] of fields) {
    if (bytes === 2) view.setUint16(at, value, true);
    else view.setUint32(at, value, true);
    at += bytes;
  }
  return new Uint8Array(view.buffer);
}

interface ZippedFile {
  name: string;
  bytes: ArrayBuffer | Uint8Array<ArrayBuffer>;
}

/** One archive of all files, under one folder, in the parts it consists of: the files' own bytes are not copied. */
export function zipParts(folder: string, files: readonly ZippedFile[]): Uint8Array<ArrayBuffer>[] {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  const entries: Entry[] = [];
  let offset = 0;
  const add = (part: Uint8Array<ArrayBuffer>) => {
    parts.push(part);
    offset += part.length;
  };
  const shared = (entry: Entry): [number, 2 | 4][] => [
    [20, 2],
    [0x0800, 2], // names are UTF-8
    [0, 2],
    [0, 2],
    [dosDate, 2],
    [entry.crc, 4],
    [entry.size, 4],
    [entry.size, 4],
    [entry.name.length, 2],
    [0, 2],
  ];
  for (const file of files) {
    const data = file.bytes instanceof Uint8Array ? file.bytes : new Uint8Array(file.bytes);
    const name = new TextEncoder().encode(`${folder}/${file.name}`);
    const entry = { name, crc: crc32(data), size: data.length, offset };
    entries.push(entry);
    add(header(0x04034b50, shared(entry)));
    add(name);
    add(data);
  }
  const directory = offset;
  for (const entry of entries) {
    add(header(0x02014b50, [[20, 2], ...shared(entry), [0, 2], [0, 2], [0, 2], [0, 4], [entry.offset, 4]]));
    add(entry.name);
  }
  const directorySize = offset - directory;
  add(
    header(0x06054b50, [
      [0, 2],
      [0, 2],
      [entries.length, 2],
      [entries.length, 2],
      [directorySize, 4],
      [directory, 4],
      [0, 2],
    ]),
  );
  return parts;
}
