/** Tables from JSON: one object per line, or one array of objects. */
import { lineError } from '../formats/tsv';
import type { Cell, Table } from './table';

type Row = Readonly<Record<string, Cell>>;

const isRow = (value: unknown): value is Row =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** @throws Error naming file and line of what is no JSON object. */
export function readJsonLines(content: string, name: string): Table {
  const rows: Row[] = [];
  const lines: number[] = [];
  content
    .replace(/^\uFEFF/, '')
    .split('\n')
    .forEach((text, i) => {
      if (text.trim() === '') return;
      let value: unknown;
      try {
        value = JSON.parse(text);
      } catch (error) {
        throw lineError(name, i + 1, `is not JSON (${(error as Error).message}); mend or remove the line.`);
      }
      if (!isRow(value)) {
        throw lineError(
          name,
          i + 1,
          'is no JSON object like {"text": …, "label": …}; mend or remove the line.',
        );
      }
      rows.push(value);
      lines.push(i + 1);
    });
  return { ...tableOf(rows, name), lines };
}

/** An array of objects, alone or as the only array of an object; a file of JSON lines is read as such. */
export function readJson(content: string, name: string): Table {
  let value: unknown;
  try {
    value = JSON.parse(content.replace(/^\uFEFF/, ''));
  } catch (error) {
    const [first, second] = content.trim().split('\n');
    if (first?.trim().endsWith('}') && second?.trim().startsWith('{')) return readJsonLines(content, name);
    throw new Error(`${name} is not whole JSON (${(error as Error).message}); mend it, or fetch it again.`);
  }
  const lists = Array.isArray(value) ? [value] : Object.values(value ?? {}).filter(Array.isArray);
  const [list] = lists;
  if (lists.length !== 1 || !list?.every(isRow)) {
    if (isRow(value) && lists.length === 0) return tableOf([value], name);
    throw new Error(
      `${name} is no list of objects; give [{"text": …, "label": …}, …], or one such object per line as .jsonl.`,
    );
  }
  return tableOf(list, name);
}

/** Columns in the order in which they are first met; what a row lacks is null. */
function tableOf(objects: readonly Row[], name: string): Table {
  if (objects.length === 0) throw new Error(`${name} holds no rows; choose a file with examples.`);
  const columns = [...new Set(objects.flatMap((row) => Object.keys(row)))];
  const rows = objects.map((row) => columns.map((column) => row[column] ?? null));
  return { name, columns, rows, rowCount: rows.length, notes: [], classNames: {} };
}
