/** A table as Markdown, as GitHub reads it. */
import { footnotes, type ShownCell, showTable, type Table } from './table';

const escaped = (text: string) => text.replace(/([|\\*_<>[\]`])/g, '\\$1');

function cellText({ centre, spread, best, significant, fewer, seeds }: ShownCell): string {
  if (centre === undefined) return '–';
  const number = best ? `**${centre}**` : centre;
  return `${number}${spread === undefined ? '' : ` ± ${spread}`}${significant ? ' \\*' : ''}${fewer ? ` (${seeds})` : ''}`;
}

/** The table with its caption above and its footnotes below. */
export function toMarkdown(table: Table): string {
  const headings = table.columns.map(({ label, group }) => escaped(group ? `${group} ${label}` : label));
  const lines = [
    [escaped(table.rowHeading), ...headings],
    ['---', ...headings.map(() => '---:')],
    ...showTable(table).map(({ row, cells }) => [escaped(row.label), ...cells.map(cellText)]),
  ];
  return [
    escaped(table.caption),
    '',
    ...lines.map((cells) => `| ${cells.join(' | ')} |`),
    '',
    ...footnotes(table).map((note) => `- ${escaped(note)}`),
    '',
  ].join('\n');
}
