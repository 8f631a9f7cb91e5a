/** Tables from tab-separated and comma-separated text; the first line names the columns. */
import { csvRows } from '../formats/csv';
import { lineError, type TsvRow, tsvRows } from '../formats/tsv';
import { columnNames, type Table } from './table';

/**
 * The delimiter is what the header holds most of: tab, semicolon or comma. Tabs do without quotation marks, as in GLUE,
 * unless the rows come out even only with them (spreadsheets quote).
 * @throws Error naming the file and the line on which the number of cells differs.
 */
export function readDelimited(content: string, name: string): Table {
  const delimiter = delimiterOf(content);
  if (delimiter !== '\t') return tableOf(csvRows(content, delimiter, name), delimiter, name);
  const plain = [...tsvRows(content)].filter(({ cells }) => cells.length > 1 || cells[0] !== '');
  const width = plain[0]?.cells.length;
  if (!plain.some(({ cells }) => cells.length !== width)) return tableOf(plain, delimiter, name);
  const quoted = evenQuoted(content, name);
  if (!quoted) return tableOf(plain, delimiter, name);
  const table = tableOf(quoted, delimiter, name);
  return { ...table, notes: [...table.notes, 'Quotation marks were taken to enclose cells.'] };
}

function evenQuoted(content: string, name: string): TsvRow[] | undefined {
  try {
    const rows = csvRows(content, '\t', name);
    return rows.every(({ cells }) => cells.length === rows[0]?.cells.length) ? rows : undefined;
  } catch {
    // The marks are no quotation: the plain reading's error says more.
    return undefined;
  }
}

const separators = { '\t': 'tab', ';': 'semicolon', ',': 'comma' } as const;

function delimiterOf(content: string): keyof typeof separators {
  const header = /^\uFEFF?([^\r\n]*)/.exec(content)?.[1] ?? '';
  const bare = header.replace(/"[^"]*"/g, '');
  const count = (mark: string) => bare.split(mark).length - 1;
  if (count('\t') > 0 && count('\t') >= count(',')) return '\t';
  return count(';') > count(',') ? ';' : ',';
}

function tableOf(found: readonly TsvRow[], delimiter: keyof typeof separators, name: string): Table {
  const [header, ...rows] = found;
  if (!header) throw new Error(`${name} is empty; choose a file with a header and rows.`);
  const { columns, notes } = columnNames(header.cells);
  for (const { line, cells } of rows) {
    if (cells.length === columns.length) continue;
    throw lineError(
      name,
      line,
      `found ${cells.length} ${separators[delimiter]}-separated ${cells.length === 1 ? 'cell' : 'cells'} instead of ${columns.length} (${columns.join(', ')}); ${delimiter === '\t' ? 'mend or remove the line' : 'put a text that holds the separator in quotation marks'}.`,
    );
  }
  if (rows.length === 0) throw new Error(`${name} has a header but no rows; choose a file with examples.`);
  return {
    name,
    columns,
    rows: rows.map(({ cells }) => cells),
    rowCount: rows.length,
    notes,
    lines: rows.map(({ line }) => line),
    classNames: {},
  };
}
