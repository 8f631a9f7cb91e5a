/** A table of one's own data, whatever file it came from: columns, rows, and where each row stands. */

/** What a cell may hold; whole numbers of 64 bits are numbers where they fit, else text. */
export type Cell = string | number | boolean | null | readonly Cell[] | { readonly [key: string]: Cell };

/** Plain data, so that it can be sent between threads. */
export interface Table {
  /** Name of the file, for errors. */
  name: string;
  columns: readonly string[];
  /** As many cells as there are columns. */
  rows: readonly (readonly Cell[])[];
  rowCount: number;
  /** One sentence per thing that was read in another way than it looks. */
  notes: readonly string[];
  /** For files of lines: the line on which each row starts, from 1. */
  lines?: readonly number[];
  /** Names of the classes that a column of indices stands for, where the file tells (Parquet from the Hub). */
  classNames: Readonly<Record<string, readonly string[]>>;
}

/** A file as it was chosen, dropped or fetched. */
export interface TableFile {
  name: string;
  bytes: ArrayBuffer;
}

/** "line 17" of text, "row 17" of Parquet and JSON; `row` counts from 0. */
export function placeOf(table: Table, row: number): string {
  return table.lines ? `line ${table.lines[row]}` : `row ${row + 1}`;
}

/** The first rows as text, for showing. */
export interface TablePreview {
  columns: readonly string[];
  rows: readonly (readonly string[])[];
  /** Of the whole table. */
  rowCount: number;
}

/** The first `n` rows; lists of words are joined by spaces, other values that are no text are JSON. */
export function preview(table: Table, n: number): TablePreview {
  const { columns, rowCount } = table;
  return { columns, rows: table.rows.slice(0, n).map((row) => row.map(cellText)), rowCount };
}

/** A cell as text: '' for nothing. */
export function cellText(cell: Cell): string {
  if (cell === null) return '';
  if (typeof cell !== 'object') return String(cell);
  const plain = Array.isArray(cell) && cell.every((item) => typeof item !== 'object' || item === null);
  return plain ? cell.join(' ') : JSON.stringify(cell);
}

/**
 * Names for a header's cells: empty ones become "column 3", repeated ones "label (2)".
 * @returns the names, and one sentence per change.
 */
export function columnNames(header: readonly string[]): { columns: string[]; notes: string[] } {
  const columns: string[] = [];
  const notes: string[] = [];
  header.forEach((cell, i) => {
    const wanted = cell.trim() || `column ${i + 1}`;
    let name = wanted;
    for (let n = 2; columns.includes(name); n++) name = `${wanted} (${n})`;
    if (name !== wanted)
      notes.push(`There are several columns "${wanted}"; column ${i + 1} is called "${name}".`);
    columns.push(name);
  });
  return { columns, notes };
}
