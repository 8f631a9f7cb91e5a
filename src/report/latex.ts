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

/** A `table` environment; the head of the file says what it needs. */
export function toLatex(table: Table): string {
  const { columns } = table;
  const line = (cells: readonly string[]) => `    ${cells.join(' & ')} \\\\`;
  const groups = columnGroups(columns);
  const grouped = groups.some(({ label }) => label !== undefined);
  let at = 2;
  const rules = groups.flatMap(({ label, span }) => {
    const from = at;
    at += span;
    return label === undefined ? [] : `\\cmidrule(lr){${from}-${from + span - 1}}`;
  });
  return [
    '% \\usepackage{booktabs,threeparttable}',
    '\\begin{table}',
    '  \\centering',
    '  \\begin{threeparttable}',
    `    \\caption{${escapeLatex(table.caption)}}`,
    `    \\label{tab:${table.name}}`,
    `    \\begin{tabular}{l${'r'.repeat(columns.length)}}`,
    '    \\toprule',
    ...(grouped
      ? [
          line([
            '',
            ...groups.map(({ label, span }) => `\\multicolumn{${span}}{c}{${escapeLatex(label ?? '')}}`),
          ]),
          `    ${rules.join(' ')}`,
        ]
      : []),
    line([table.rowHeading, ...columns.map(({ label }) => label)].map(escapeLatex)),
    '    \\midrule',
    ...showTable(table).map(({ row, cells }) => line([escapeLatex(row.label), ...cells.map(cellText)])),
    '    \\bottomrule',
    '    \\end{tabular}',
    '    \\begin{tablenotes}\\footnotesize',
    ...footnotes(table).map((note) => `      \\item ${escapeLatex(note)}`),
    '    \\end{tablenotes}',
    '  \\end{threeparttable}',
    '\\end{table}',
    '',
  ].join('\n');
}
