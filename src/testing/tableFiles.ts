/** Files made in tests: text, and Parquet with the Hub's metadata. */
import { parquetWriteBuffer } from 'hyparquet-writer';
import type { TableFile } from '../tasks/table/table';

export function fileOf(name: string, content: string): TableFile {
  return { name, bytes: new TextEncoder().encode(content).buffer };
}

type Column = readonly (string | bigint | number | null)[] | readonly (readonly (string | bigint)[])[];

/** @param features what the Hub's library writes about classes. */
export function parquetOf(
  name: string,
  columns: Readonly<Record<string, Column>>,
  features: Readonly<Record<string, unknown>> = {},
): TableFile {
  const schema = Object.entries(columns).flatMap(([column, values]) => {
    const sample = Array.isArray(values[0]) ? values[0][0] : values[0];
    const leaf = typeof sample === 'bigint' ? int64 : typeof sample === 'number' ? double : text;
    if (!Array.isArray(values[0])) return [{ name: column, repetition_type: optional, ...leaf }];
    return [
      { name: column, num_children: 1, repetition_type: optional, converted_type: 'LIST' as const },
      { name: 'list', num_children: 1, repetition_type: 'REPEATED' as const },
      { name: 'element', repetition_type: optional, ...leaf },
    ];
  });
  const bytes = parquetWriteBuffer({
    columnData: Object.entries(columns).map(([column, data]) => ({ name: column, data: [...data] })),
    schema: [{ name: 'schema', num_children: Object.keys(columns).length }, ...schema],
    kvMetadata: [{ key: 'huggingface', value: JSON.stringify({ info: { features } }) }],
  });
  return { name, bytes };
}

const optional = 'OPTIONAL' as const;
const int64 = { type: 'INT64' as const };
const double = { type: 'DOUBLE' as const };
const text = { type: 'BYTE_ARRAY' as const, converted_type: 'UTF8' as const };
