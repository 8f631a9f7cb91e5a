/** One door for tables: Parquet, JSON, JSON lines, TSV and CSV, told apart by ending and content. */
import { readDelimited } from './delimited';
import { readJson, readJsonLines } from './json';
import { isParquet, readParquet } from './parquet';
import type { Table, TableFile } from './table';

/**
 * Reads a whole file.
 * @throws Error with one sentence naming the file, the line and the remedy.
 */
export async function readTable(file: TableFile): Promise<Table> {
  if (isParquet(file.bytes)) return readParquet(file.bytes, file.name);
  if (endingOf(file.name) === 'parquet') {
    throw new Error(
      `${file.name} is no Parquet file (it does not start with PAR1); fetch it again, or choose another.`,
    );
  }
  return tableFromText(fileText(file), file.name);
}

/** A table from text that is already decoded. */
export function tableFromText(content: string, name: string): Table {
  if (content.trim() === '') throw new Error(`${name} is empty; choose a file with a header and rows.`);
  const ending = endingOf(name);
  if (ending === 'jsonl' || ending === 'ndjson') return readJsonLines(content, name);
  // A CSV's header may start with a bracket; only a file of another ending is taken for JSON by its first mark.
  const delimited = ending === 'csv' || ending === 'tsv';
  if (ending === 'json' || (!delimited && /^\uFEFF?\s*[[{]/.test(content))) return readJson(content, name);
  return readDelimited(content, name);
}

const endingOf = (name: string) => /\.([^./\\]+)$/.exec(name)?.[1]?.toLowerCase();

/** The bytes as UTF-8 without its mark. @throws Error if they are something else. */
export function fileText({ name, bytes }: TableFile): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new Error(
      `${name} is not text in UTF-8; save it in that encoding (in a spreadsheet: "CSV UTF-8").`,
    );
  }
}
