/** Tokenizers and encoded rows of pretraining in files: making them takes minutes, reading them back a second. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { EncodedExample } from '../src/tasks/encoding';

/** Rows by name; `held` are the held-out ones. */
export type RowGroups = Record<string, EncodedExample[]>;

/** Per group its name and number of rows (JSON, one line), then for every row its length and ids, 16 bits each. */
function toBytes(groups: RowGroups): Buffer {
  const header = JSON.stringify(Object.entries(groups).map(([name, rows]) => [name, rows.length]));
  const numbers = Object.values(groups).flatMap((rows) =>
    rows.map(({ ids }) => Uint16Array.of(ids.length, ...ids)),
  );
  const body = new Uint16Array(numbers.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const row of numbers) {
    body.set(row, at);
    at += row.length;
  }
  return Buffer.concat([Buffer.from(`${header}\n`), new Uint8Array(body.buffer)]);
}

function fromBytes(bytes: Buffer): RowGroups {
  const end = bytes.indexOf(10);
  const counts = JSON.parse(bytes.toString('utf8', 0, end)) as [string, number][];
  const body = new Uint16Array(Uint8Array.from(bytes.subarray(end + 1)).buffer);
  let at = 0;
  const nextRow = (): EncodedExample => {
    const length = body[at] as number;
    const ids = Array.from(body.subarray(at + 1, at + 1 + length));
    at += 1 + length;
    return { ids, label: 0 };
  };
  return Object.fromEntries(
    counts.map(([name, count]) => [name, Array.from({ length: count }, () => nextRow())]),
  );
}

const digest = (key: unknown) => createHash('sha256').update(JSON.stringify(key)).digest('hex').slice(0, 16);

/** Where the rows of `key` lie. */
export const rowCachePath = (folder: string, key: unknown): string => join(folder, `rows-${digest(key)}.bin`);

/** What `make` gives, from the file where it was made before; ids are below 65,536. */
export function cachedRows(path: string, make: () => RowGroups): RowGroups {
  if (existsSync(path)) return fromBytes(readFileSync(path));
  const groups = make();
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, toBytes(groups));
  return groups;
}

/** The tokenizer of `key`, likewise. */
export function cachedText(folder: string, key: unknown, make: () => string): string {
  const path = join(folder, `tokenizer-${digest(key)}.json`);
  if (existsSync(path)) return readFileSync(path, 'utf8');
  const text = make();
  mkdirSync(folder, { recursive: true });
  writeFileSync(path, text);
  return text;
}
