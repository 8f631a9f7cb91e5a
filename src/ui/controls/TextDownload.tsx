/** Small buttons by a table: its numbers as text, for a paper, a page, a program. */
import type { ReactElement } from 'react';
import { download } from '../download';

export interface TextFormat {
  name: string;
  /** Of the file's name. */
  ending: string;
  write(): string;
}

interface TextDownloadProps {
  /** Of the table. */
  title: string;
  /** Name of the files, without their ending. */
  file: string;
  formats: readonly TextFormat[];
}

export function TextDownload({ title, file, formats }: TextDownloadProps): ReactElement {
  return (
    <span className="figure-download">
      {formats.map(({ name, ending, write }) => (
        <button
          key={name}
          type="button"
          className="toggle"
          aria-label={`${title} as ${name}`}
          onClick={() => download(`${file}.${ending}`, write(), 'text/plain')}
        >
          {name}
        </button>
      ))}
    </span>
  );
}
