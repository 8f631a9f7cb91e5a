/** A table as LaTeX for the packages booktabs and threeparttable. */
import { columnGroups, footnotes, type ShownCell, showTable, type Table } from './table';

/** Those that captions, notes and names of settings have, and their kin. */
const greek: Readonly<Record<string, string>> = {
  α: 'alpha',
  β: 'beta',
  γ: 'gamma',
  δ: 'delta',
  ε: 'varepsilon',
  η: 'eta',
  λ: 'lambda',
  ρ: 'rho',
  σ: 'sigma',
  τ: 'tau',
};

const special: Readonly<Record<string, string>> = {
  '\\': '\\textbackslash{}',
  '~': '\\textasciitilde{}',
  '^': '\\textasciicircum{}',
  '×': '$\\times$',
  '±': '$\\pm$',
  '≤': '$\\leq$',
  '≥': '$\\geq$',
  '∪': '$\\cup$',
  '<': '$<$',
  '>': '$>$',
  ...Object.fromEntries(Object.entries(greek).map(([letter, name]) => [letter, `$\\${name}$`])),
  '…': '\\ldots{}',
  '“': '``',
  '”': "''",
  '·': '$\\cdot$',
  '√': '$\\surd$',
  '′': "$'$",
  '→': '$\\rightarrow$',
  '–': '--',
  '−': '$-$',
  '|': '\\textbar{}',
  '’': "'",
};

const specialSigns = new RegExp(
  `[${Object.keys(special).join('').replace(/[\\^]/g, '\\$&')}]|[&%$#_{}]`,
  'gu',
);

/** Text that LaTeX sets as it stands. */
export function escapeLatex(text: string): string {
  return text.replace(specialSigns, (sign) => special[sign] ?? `\\${sign}`);
}

function cellText({ centre, spread, best, significant, fewer, seeds }: ShownCell): string {
  if (centre === undefined) return '--';
  const number = escapeLatex(centre);
  const parts = [best ? `\\textbf{${number}}` : number];
  if (spread !== undefined) parts.push(`{\\scriptsize $\\pm$ ${spread}}`);
  return `${parts.join(' ')}${significant ? '$^{*}$' : ''}${fewer ? ` {\\scriptsize (${seeds})}` : ''}`;
}

/** What stands in a `table` environment; all but caption, name and notes is LaTeX already. */
interface LatexParts {
  name: string;
  caption: string;
  /** Of the numbers, behind the column of names. */
  columns: number;
  /** Lines between the rules. */
  head: readonly string[];
  rows: readonly (readonly string[])[];
  notes: readonly string[];
}

/** After `\\` and a rule `[` would begin an optional argument, and `*` would be a part of the command. */
const line = (cells: readonly string[]) =>
  `    ${/^[[*]/.test(cells[0] ?? '') ? '{}' : ''}${cells.join(' & ')} \\\\`;

function environment({ name, caption, columns, head, rows, notes }: LatexParts): string {
  return [
    '% \\usepackage{booktabs,threeparttable}',
    '\\begin{table}',
    '  \\centering',
    '  \\begin{threeparttable}',
    `    \\caption{${escapeLatex(caption)}}`,
    `    \\label{tab:${name}}`,
    `    \\begin{tabular}{l${'r'.repeat(columns)}}`,
    '    \\toprule',
    ...head,
    '    \\midrule',
    ...rows.map(line),
    '    \\bottomrule',
    '    \\end{tabular}',
    // A list without an entry is an error.
    ...(notes.length > 0
      ? [
          '    \\begin{tablenotes}\\footnotesize',
          ...notes.map((note) => `      \\item ${escapeLatex(note)}`),
          '    \\end{tablenotes}',
        ]
      : []),
    '  \\end{threeparttable}',
    '\\end{table}',
    '',
  ].join('\n');
}

/** A `table` environment of texts; the head of the file says what it needs. */
export const latexTable = (
  name: string,
  caption: string,
  head: readonly string[],
  rows: readonly (readonly string[])[],
): string =>
  environment({
    name,
    caption,
    columns: head.length - 1,
    head: [line(head.map(escapeLatex))],
    rows: rows.map((cells) => cells.map(escapeLatex)),
    notes: [],
  });

/** A `table` environment; the head of the file says what it needs. */
export function toLatex(table: Table): string {
  const { name, caption, columns } = table;
  const groups = columnGroups(columns);
  const grouped = groups.some(({ label }) => label !== undefined);
  let at = 2;
  const rules = groups.flatMap(({ label, span }) => {
    const from = at;
    at += span;
    return label === undefined ? [] : `\\cmidrule(lr){${from}-${from + span - 1}}`;
  });
  const headings = line([table.rowHeading, ...columns.map(({ label }) => label)].map(escapeLatex));
  const above = groups.map(({ label, span }) => `\\multicolumn{${span}}{c}{${escapeLatex(label ?? '')}}`);
  return environment({
    name,
    caption,
    columns: columns.length,
    head: grouped ? [line(['', ...above]), `    ${rules.join(' ')}`, headings] : [headings],
    rows: showTable(table).map(({ row, cells }) => [escapeLatex(row.label), ...cells.map(cellText)]),
    notes: footnotes(table),
  });
}
