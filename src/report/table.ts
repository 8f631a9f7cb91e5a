/**
 * A table of runs: rows are methods, columns metrics of tasks, a cell holds one value per seed. Best of a column, spread
 * and significance are worked out here once; `markdown.ts`, `latex.ts` and `csv.ts` only write them.
 */
import { mean } from '../metrics/mean';
import { numberText } from './numberText';
import { type PairedTest, pairedTTest, sampleDeviation } from './statistics';

export interface SeedValue {
  seed: number;
  value: number;
}

export interface Column {
  key: string;
  /** `CoLA`, `BLEU`. */
  label: string;
  /** Heading over several columns: `E2E`. */
  group?: string;
  /** What it measures, where neither heading says so: a figure has room for it. */
  metric?: string;
  /** Undefined where neither end is good: counts of parameters, costs; then nothing is bold or tested. */
  better?: 'higher' | 'lower';
  digits: number;
  /** Shown value = factor · value; 100 for shares. */
  factor?: number;
  /** Written after a number: `×`. */
  unit?: string;
}

export interface Row {
  key: string;
  label: string;
  /** Shown for orientation: not in the contest for the best of a column (the paper's Full FT). */
  forReference?: boolean;
  /** By column key; a column that is absent or empty is shown as –. */
  cells: Readonly<Record<string, readonly SeedValue[]>>;
}

export interface Table {
  /** File and label: `table1`. */
  name: string;
  caption: string;
  /** Heading of the first column. */
  rowHeading: string;
  columns: readonly Column[];
  rows: readonly Row[];
  /** Row that the others are tested against. */
  comparedWith?: string;
  /** Sentences below the table. */
  notes: readonly string[];
}

/** A cell as every format shows it. */
export interface ShownCell {
  /** Number without its spread; undefined where there is no run. */
  centre: string | undefined;
  /** Standard deviation over seeds; undefined of one seed. */
  spread: string | undefined;
  best: boolean;
  significant: boolean;
  test: PairedTest | undefined;
  /** Seeds behind it. */
  seeds: number;
  /** It lacks a seed of the others, so that it is not in the contest for the best. */
  fewer: boolean;
}

/** Differences with a smaller p are marked. */
const significanceLevel = 0.05;

/** Thousands apart: 12,345.6. */
function withThousands(digits: string): string {
  const [integer = '', ...fraction] = digits.split('.');
  return [integer.replace(/\d(?=(\d{3})+$)/g, '$&,'), ...fraction].join('.');
}

const shown = ({ digits, factor = 1, unit = '' }: Column, value: number) =>
  `${withThousands(numberText(factor * value, digits))}${unit}`;

const cellOf = (row: Row, column: Column) => row.cells[column.key] ?? [];

/** Paired t-test of a row against another, over the seeds that both have. */
function testAgainst(row: Row, other: Row, column: Column): PairedTest | undefined {
  const others = new Map(cellOf(other, column).map(({ seed, value }) => [seed, value]));
  const both = cellOf(row, column).filter(({ seed }) => others.has(seed));
  return pairedTTest(
    both.map(({ value }) => value),
    both.map(({ seed }) => others.get(seed) as number),
  );
}

function centreOf(row: Row, column: Column): number | undefined {
  const values = cellOf(row, column).map(({ value }) => value);
  return values.length > 0 ? mean(values) : undefined;
}

/** Who is compared in a column, and the best of them as it is shown; rows for reference do not count. */
interface Contest {
  /** Whether a row has the seeds of the one that has the most: a mean over fewer seeds, or over others, is no fair rival. */
  hasAll(row: Row): boolean;
  /** Undefined for a column in which neither end is good, and where there is nobody to compare with. */
  best: string | undefined;
}

function contestOf(rows: readonly Row[], column: Column): Contest {
  const compared = rows.filter((row) => !row.forReference);
  const most = Math.max(0, ...compared.map((row) => cellOf(row, column).length));
  const whole = compared.find((row) => cellOf(row, column).length === most);
  const seeds = whole ? cellOf(whole, column).map(({ seed }) => seed) : [];
  const hasAll = (row: Row) =>
    seeds.every((seed) => cellOf(row, column).some((value) => value.seed === seed));
  const centres = compared
    .filter(hasAll)
    .map((row) => centreOf(row, column) ?? Number.NaN)
    .filter(Number.isFinite);
  if (!column.better || centres.length < 2) return { hasAll, best: undefined };
  const best = column.better === 'higher' ? Math.max(...centres) : Math.min(...centres);
  return { hasAll, best: shown(column, best) };
}

/** Cells of every row in the order of the columns. Equal to the shown digit, several are the best of a column. */
export function showTable(table: Table): { row: Row; cells: ShownCell[] }[] {
  const { rows, columns } = table;
  const reference = rows.find(({ key }) => key === table.comparedWith);
  const contests = columns.map((column) => contestOf(rows, column));
  return rows.map((row) => ({
    row,
    cells: columns.map((column, i): ShownCell => {
      const values = cellOf(row, column).map(({ value }) => value);
      const centre = centreOf(row, column);
      const text = centre === undefined ? undefined : shown(column, centre);
      const deviation = sampleDeviation(values);
      const tested = column.better && reference && row !== reference;
      const test = tested ? testAgainst(row, reference, column) : undefined;
      const { hasAll, best } = contests[i] as Contest;
      const isIn = hasAll(row);
      return {
        centre: text,
        spread: deviation === undefined ? undefined : shown({ ...column, unit: '' }, deviation),
        best: !row.forReference && isIn && text !== undefined && text === best,
        significant: test !== undefined && test.pValue < significanceLevel,
        test,
        seeds: values.length,
        fewer: values.length > 0 && !isIn,
      };
    }),
  }));
}

const range = (numbers: readonly number[]) => {
  const [least, most] = [Math.min(...numbers), Math.max(...numbers)];
  return least === most ? `${least}` : `${least} to ${most}`;
};

/** What the numbers, the bold and the marks mean: the table's footnotes, its own notes last. */
export function footnotes(table: Table): string[] {
  const rows = showTable(table);
  const cells = rows.flatMap((row) => row.cells).filter(({ centre }) => centre !== undefined);
  const said: string[] = [];
  if (cells.some(({ spread }) => spread !== undefined))
    said.push(`Mean ± sample standard deviation over n = ${range(cells.map(({ seeds }) => seeds))} seeds.`);
  else if (cells.length > 0)
    said.push('One seed: no spread and no test; differences of this table say nothing.');
  const lower = table.columns.filter(({ better }) => better === 'lower').map(({ label }) => label);
  if (lower.length > 0) said.push(`Lower is better: ${[...new Set(lower)].join(', ')}.`);
  const isUneven = cells.some(({ fewer }) => fewer);
  const leftOut = [
    ...(table.rows.some(({ forReference }) => forReference) ? ['rows for reference'] : []),
    ...(isUneven ? ['means over fewer seeds'] : []),
  ].join(' and ');
  if (cells.some(({ best }) => best))
    said.push(`Bold: best mean of a column${leftOut && `, ${leftOut} left out`}.`);
  if (isUneven) said.push('A number in brackets: of so many seeds, one of the others’ missing.');
  const reference = table.rows.find(({ key }) => key === table.comparedWith);
  const tests = cells.flatMap(({ test }) => test ?? []);
  if (reference && tests.length > 0) {
    const marked = cells.filter(({ significant }) => significant).length;
    said.push(
      `* differs from ${reference.label}: paired t-test over the seeds that both have (n = ${range(tests.map(({ pairs }) => pairs))}), ` +
        `two-sided p < ${significanceLevel}, not corrected for the ${tests.length} comparisons of this table; ${marked || 'none'} ${marked === 1 ? 'is' : 'are'} marked.`,
    );
  }
  return [...said, ...table.notes];
}

/** Headings over the columns: runs of one group, `undefined` for columns without. */
export function columnGroups(columns: readonly Column[]): { label: string | undefined; span: number }[] {
  const groups: { label: string | undefined; span: number }[] = [];
  for (const { group } of columns) {
    const last = groups.at(-1);
    if (last && last.label === group) last.span += 1;
    else groups.push({ label: group, span: 1 });
  }
  return groups;
}
