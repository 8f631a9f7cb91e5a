/** A table of texts as Markdown, LaTeX and CSV. */
import type { ReactElement } from 'react';
import { type TextTable, textCsv, textLatex, textMarkdown } from '../../report/textTable';
import { TextDownload } from './TextDownload';

interface TableDownloadProps {
  table: TextTable;
  /** Instead of the table's own: with more than it shows. */
  csv?(): string;
}

export function TableDownload({ table, csv = () => textCsv(table) }: TableDownloadProps): ReactElement {
  return (
    <TextDownload
      title={table.caption}
      file={table.name}
      formats={[
        { name: 'Markdown', ending: 'md', write: () => textMarkdown(table) },
        { name: 'LaTeX', ending: 'tex', write: () => textLatex(table) },
        { name: 'CSV', ending: 'csv', write: csv },
      ]}
    />
  );
}
