/** Reading GLUE's tab-separated files, which know no quoting, and saying where a line is wrong. */

/** One line of a file: its number from 1, and its cells. */
export interface TsvRow {
  readonly line: number;
  readonly cells: readonly string[];
}

/**
 * Splits a file into rows. A byte-order mark, CRLF ends and empty lines at the end are tolerated; a quotation mark is a
 * character like any other.
 * @throws Error if nothing is left.
 */
export function readTsv(content: string, fileName: string): TsvRow[] {
  const lines = content
    .replace(/^\uFEFF/, '')
    .split('\n')
    .map((line) => line.replace(/\r$/, ''));
  while (lines.length > 0 && lines[lines.length - 1] === '') lines.pop();
  if (lines.length === 0) throw new Error(`${fileName} is empty; choose the train or dev file of the task.`);
  return lines.map((line, i) => ({ line: i + 1, cells: line.split('\t') }));
}

/** "train.tsv, line 17: what is wrong." */
export function lineError(fileName: string, row: TsvRow, message: string): Error {
  return new Error(`${fileName}, line ${row.line}: ${message}`);
}

/** The test files of GLUE's single-sentence tasks start with this header and hold no labels. */
export function refuseUnlabelled(fileName: string, header: TsvRow | undefined): void {
  if (header?.cells.join('\t').toLowerCase() !== 'index\tsentence') return;
  throw new Error(
    `${fileName} is an unlabelled test file (its columns are index and sentence); choose train.tsv or dev.tsv, which hold labels.`,
  );
}

/** "0" or "1" as a class index. @throws Error naming file and line. */
export function binaryLabel(fileName: string, row: TsvRow, cell: string): number {
  if (cell === '0' || cell === '1') return Number(cell);
  throw lineError(
    fileName,
    row,
    `the label is ${JSON.stringify(cell)}, but must be 0 or 1; mend or remove the line.`,
  );
}

/** A sentence that is not empty, as it stands. @throws Error naming file and line. */
export function sentenceOf(fileName: string, row: TsvRow, cell: string): string {
  if (cell.trim() !== '') return cell;
  throw lineError(fileName, row, 'the sentence is empty; mend or remove the line.');
}

/** Checks the number of columns. @throws Error naming file, line and both numbers. */
export function expectColumns(fileName: string, row: TsvRow, columns: readonly string[]): void {
  if (row.cells.length === columns.length) return;
  throw lineError(
    fileName,
    row,
    `found ${row.cells.length} tab-separated ${row.cells.length === 1 ? 'column' : 'columns'} instead of ${columns.length} (${columns.join(', ')}); mend or remove the line.`,
  );
}
