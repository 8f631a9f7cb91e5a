/** Tables from Parquet, as the Hugging Face Hub keeps its data sets; class names come from the data set's own metadata. */
import type { Cell, Table } from './table';

/** True if the bytes start as Parquet does. */
export function isParquet(bytes: ArrayBuffer): boolean {
  return new TextDecoder('latin1').decode(new Uint8Array(bytes, 0, Math.min(4, bytes.byteLength))) === 'PAR1';
}

/** @throws Error naming the file: it is no whole Parquet file, or is compressed in a way other than Snappy. */
export async function readParquet(bytes: ArrayBuffer, name: string): Promise<Table> {
  const { parquetMetadataAsync, parquetRead } = await import('hyparquet');
  const rows: Cell[][] = [];
  try {
    const metadata = await parquetMetadataAsync(bytes);
    const columns = topLevelColumns(metadata.schema);
    await parquetRead({
      file: bytes,
      metadata,
      rowFormat: 'array',
      onComplete: (found) => {
        for (const row of found) rows.push(row.map(toCell));
      },
    });
    if (rows.length === 0) throw new Error('it holds no rows');
    const info = metadata.key_value_metadata?.find(({ key }) => key === 'huggingface')?.value;
    return { name, columns, rows, rowCount: rows.length, notes: [], classNames: classNamesOf(info) };
  } catch (error) {
    const { message } = error as Error;
    const advice = /compression/i.test(message)
      ? 'write it with Snappy compression or none'
      : 'fetch or write it again';
    throw new Error(`${name} cannot be read as Parquet (${message}); ${advice}.`);
  }
}

/** The children of the root: the schema lists the tree depth first, each node with its number of children. */
function topLevelColumns(schema: readonly { name: string; num_children?: number }[]): string[] {
  const columns: string[] = [];
  let at = 1;
  const skip = () => {
    const children = schema[at]?.num_children ?? 0;
    at += 1;
    for (let i = 0; i < children; i++) skip();
  };
  for (let i = 0; i < (schema[0]?.num_children ?? 0); i++) {
    columns.push(schema[at]?.name as string);
    skip();
  }
  return columns;
}

function toCell(value: unknown): Cell {
  if (value === null || value === undefined) return null;
  if (typeof value === 'bigint') {
    return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
  }
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return new TextDecoder().decode(value);
  if (ArrayBuffer.isView(value)) return Array.from(value as unknown as ArrayLike<number | bigint>, toCell);
  if (Array.isArray(value)) return value.map(toCell);
  return Object.fromEntries(Object.entries(value as object).map(([key, item]) => [key, toCell(item)]));
}

/** `{"info": {"features": {"label": {"_type": "ClassLabel", "names": […]}}}}`, also within a list feature. */
function classNamesOf(info: string | undefined): Record<string, string[]> {
  if (!info) return {};
  type Feature = { names?: unknown; feature?: Feature };
  let features: Record<string, Feature | Feature[]> = {};
  try {
    features = JSON.parse(info).info?.features ?? {};
  } catch {
    // Another writer's metadata under this key: there are no names to be had.
  }
  const found: Record<string, string[]> = {};
  for (const [column, held] of Object.entries(features)) {
    const feature = Array.isArray(held) ? held[0] : held;
    const names = feature?.names ?? feature?.feature?.names;
    if (Array.isArray(names) && names.every((name) => typeof name === 'string')) found[column] = names;
  }
  return found;
}
