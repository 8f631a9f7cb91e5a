/** Comma-separated text with quoted cells, each row with the line on which it starts. */
import Papa from 'papaparse';
import { lineError, type TsvRow } from './tsv';

/**
 * Reads quoted, separated text. Cells may hold line ends (given as \n) and doubled quotation marks; empty lines are passed
 * over. The rows may differ in length: the caller knows how many columns there must be.
 * @param delimiter one character.
 * @throws Error naming file and line of a quotation that is not closed or closed too early.
 */
export function csvRows(content: string, delimiter: string, fileName: string): TsvRow[] {
  // One kind of line end, so that a file with both kinds is not cut wrongly; the number of lines stays.
  const text = content.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n');
  const rows: TsvRow[] = [];
  let line = 1;
  let counted = 0;
  let failure: Error | undefined;
  Papa.parse<string[]>(text, {
    delimiter,
    newline: '\n',
    step: ({ data, errors, meta }, parser) => {
      const [error] = errors;
      if (error) {
        failure = lineError(fileName, line, quoteTrouble(error.code));
        parser.abort();
        return;
      }
      if (data.length > 1 || data[0] !== '') rows.push({ line, cells: data });
      for (; counted < meta.cursor; counted++) if (text[counted] === '\n') line += 1;
    },
  });
  if (failure) throw failure;
  if (rows.length === 0) throw new Error(`${fileName} is empty; choose a file with a header and rows.`);
  return rows;
}

const quoteTrouble = (code: string) =>
  code === 'MissingQuotes'
    ? 'a quotation mark opens a cell and nothing closes it; close it, or double the marks inside the cell.'
    : 'a quotation mark stands inside a quoted cell; double it ("") or remove it.';
