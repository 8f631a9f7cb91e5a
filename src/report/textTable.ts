/** A table of texts as it stands on the page, without seeds and tests: a confusion matrix, the settings of runs. */
import { csvLines } from './csv';
import { latexTable } from './latex';
import { escapeMarkdown, markdownTable } from './markdown';

export interface TextTable {
  /** File and label. */
  name: string;
  caption: string;
  /** One per column, that of the names of the rows first. */
  head: readonly string[];
  rows: readonly (readonly string[])[];
}

export const textMarkdown = ({ caption, head, rows }: TextTable): string =>
  markdownTable(
    caption,
    head.map(escapeMarkdown),
    rows.map((cells) => cells.map(escapeMarkdown)),
  );

export const textLatex = ({ name, caption, head, rows }: TextTable): string =>
  latexTable(name, caption, head, rows);

export const textCsv = ({ head, rows }: TextTable): string => csvLines([head, ...rows]);
