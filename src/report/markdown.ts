/** A table as Markdown, as GitHub reads it. */
import { footnotes, type ShownCell, showTable, type Table } from './table';

export const escapeMarkdown = (text: string): string => text.replace(/([|\\*_<>[\]`])/g, '\\$1');

function cellText({ centre, spread, best, significant, fewer, seeds }: ShownCell): string {
  if (centre === undefined) return '–';
  const number = best ? `**${centre}**` : centre;
  return `${number}${spread === undefined ? '' : ` ± ${spread}`}${significant ? ' \\*' : ''}${fewer ? ` (${seeds})` : ''}`;
}

/** @param head and rows are Markdown already; all columns but the first stand to the right */
export function markdownTable(
  caption: string,
  head: readonly string[],
  rows: readonly (readonly string[])[],
  notes: readonly string[] = [],
): string {
  const lines = [head, head.map((_, i) => (i === 0 ? '---' : '---:')), ...rows];
  return [
    escapeMarkdown(caption),
    '',
    ...lines.map((cells) => `| ${cells.join(' | ')} |`),
    '',
    ...notes.map((note) => `- ${escapeMarkdown(note)}`),
    ...(notes.length > 0 ? [''] : []),
  ].join('\n');
}

/** The table with its caption above and its footnotes below. */
export function toMarkdown(table: Table): string {
  const headings = table.columns.map(({ label, group }) => (group ? `${group} ${label}` : label));
  return markdownTable(
    table.caption,
    [table.rowHeading, ...headings].map(escapeMarkdown),
    showTable(table).map(({ row, cells }) => [escapeMarkdown(row.label), ...cells.map(cellText)]),
    footnotes(table),
  );
}
