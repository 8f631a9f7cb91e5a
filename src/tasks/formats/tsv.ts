/** Reading GLUE's tab-separated files, which know no quoting, and saying where a line is wrong. */

/** One line of a file: its number from 1, and its cells. */
export interface TsvRow {
  readonly line: number;
  readonly cells: readonly string[];
}

/**
 * The rows of a file one by one, so that a file of hundreds of megabytes is not held twice. A byte-order mark, CRLF ends
 * and empty lines at the end are tolerated; a quotation mark is a character like any other.
 */
export function* tsvRows(content: string): Generator<TsvRow> {
  const end = endOfText(content);
  let start = content.startsWith('\uFEFF') ? 1 : 0;
  for (let line = 1; start < end; line++) {
    const feed = content.indexOf('\n', start);
    const stop = feed === -1 || feed > end ? end : feed;
    const text = content.slice(start, content[stop - 1] === '\r' ? stop - 1 : stop);
    yield { line, cells: text.split('\t') };
    start = stop + 1;
  }
}

/** Where the last line that is not empty ends. */
function endOfText(content: string): number {
  let end = content.length;
  while (end > 0 && (content[end - 1] === '\n' || content[end - 1] === '\r')) end -= 1;
  return end;
}

/** The first row. @throws Error if there is none. */
export function firstRow(content: string, fileName: string): TsvRow {
  const { value } = tsvRows(content).next();
  if (value) return value;
  throw new Error(`${fileName} is empty; choose the train or dev file of the task.`);
}

/** "train.tsv, line 17: what is wrong." */
export function lineError(fileName: string, line: number, message: string): Error {
  return new Error(`${fileName}, line ${line}: ${message}`);
}

/** Checks the number of columns. @throws Error naming file, line and both numbers. */
export function expectColumns(fileName: string, row: TsvRow, columns: readonly string[]): void {
  if (row.cells.length === columns.length) return;
  throw lineError(
    fileName,
    row.line,
    `found ${row.cells.length} tab-separated ${row.cells.length === 1 ? 'column' : 'columns'} instead of ${columns.length} (${columns.join(', ')}); mend or remove the line.`,
  );
}
