/** A table as CSV (RFC 4180, LF): a row per cell with its test, and a row per seed. Numbers are in full precision, unscaled. */
import { mean } from '../metrics/mean';
import { sampleDeviation } from './statistics';
import { showTable, type Table } from './table';

const field = (value: string | number | undefined) => {
  const text = value === undefined ? '' : String(value);
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

/** Rows as they stand, headings first; what is undefined is empty. */
export const csvLines = (rows: readonly (readonly (string | number | undefined)[])[]): string =>
  rows.map((row) => `${row.map(field).join(',')}\n`).join('');

/**
 * method, group, column, n, mean, sd, and of the paired test its pairs, t and p: empty where one seed leaves them unknown;
 * better: `higher`, `lower`, or empty where neither end is good.
 */
export function toCsv(table: Table): string {
  const rows = showTable(table).flatMap(({ row, cells }) =>
    table.columns.flatMap((column, i) => {
      const values = (row.cells[column.key] ?? []).map(({ value }) => value);
      if (values.length === 0) return [];
      const test = cells[i]?.test;
      const spread = sampleDeviation(values);
      return [
        [
          row.key,
          column.group,
          column.label,
          values.length,
          mean(values),
          spread,
          test?.pairs,
          test?.statistic,
          test?.pValue,
          column.better,
        ],
      ];
    }),
  );
  return csvLines([['method', 'group', 'column', 'n', 'mean', 'sd', 'pairs', 't', 'p', 'better'], ...rows]);
}

/** method, group, column, seed, value. */
export function toSeedCsv(table: Table): string {
  const rows = table.rows.flatMap((row) =>
    table.columns.flatMap((column) =>
      (row.cells[column.key] ?? []).map(({ seed, value }) => [
        row.key,
        column.group,
        column.label,
        seed,
        value,
      ]),
    ),
  );
  return csvLines([['method', 'group', 'column', 'seed', 'value'], ...rows]);
}
