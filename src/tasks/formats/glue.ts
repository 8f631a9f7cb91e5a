/** One reader for GLUE's original files, by the layouts of glueLayouts.ts. */
import type { ParsedFile, SequenceExample } from '../task';
import { type GlueLayout, type GlueTaskName, glueLayouts } from './glueLayouts';
import { SkippedRows } from './skippedRows';
import { expectColumns, firstRow, lineError, type TsvRow, tsvRows } from './tsv';

/** What the first row says of a file. */
interface Reading {
  kind: 'labelled' | 'unlabelled' | 'other';
  columns: readonly string[];
  headerless: boolean;
}

function readingOf(layout: GlueLayout, first: TsvRow): Reading {
  if (layout.headerless?.fits(first.cells)) {
    return { kind: 'labelled', columns: layout.headerless.columns, headerless: true };
  }
  const columns = first.cells.map((cell) => cell.trim());
  const has = (name: string) => indexIn(columns, name) >= 0;
  const texts = has(layout.text) && (layout.pair === undefined || has(layout.pair));
  // CoLA has no header of its own: one with the right names is somebody's own table.
  if (texts && has(layout.label) && layout.header.length > 0) {
    return { kind: 'labelled', columns, headerless: false };
  }
  // Test files number their rows: `index`, in QQP `id`.
  const test = texts && !has(layout.label) && /^(?:index|id)$/i.test(columns[0] ?? '');
  return { kind: test ? 'unlabelled' : 'other', columns, headerless: false };
}

const indexIn = (columns: readonly string[], name: string) =>
  columns.findIndex((column) => column.toLowerCase() === name.toLowerCase());

/** True if the content begins as one of the task's original files does, labelled or not. */
export function hasGlueLayout(task: GlueTaskName, content: string): boolean {
  const { value } = tsvRows(content).next();
  return value !== undefined && readingOf(glueLayouts[task], value).kind !== 'other';
}

/**
 * Reads a train or dev file of GLUE. Rows without a label or without a sentence are skipped and counted.
 * @throws Error with one sentence naming the file, the line and the remedy.
 */
export function parseGlue(
  task: GlueTaskName,
  content: string,
  fileName: string,
): ParsedFile<SequenceExample> {
  const layout = glueLayouts[task];
  const first = firstRow(content, fileName);
  const { kind, columns, headerless } = readingOf(layout, first);
  if (kind === 'unlabelled') {
    throw new Error(
      `${fileName} is an unlabelled test file (its columns are ${columns.join(', ')}); choose the train or dev file, which hold labels.`,
    );
  }
  // CoLA's first line may be wrong like any other; only of a file with a header can the first line say it is no such file.
  const known = kind === 'labelled' || layout.header.length === 0;
  if (!known) throw lineError(fileName, first.line, headerMissing(layout));
  const names = kind === 'labelled' ? columns : (layout.headerless?.columns ?? columns);
  const at = (name: string) => indexIn(names, name);
  const [textAt, pairAt, labelAt] = [at(layout.text), at(layout.pair ?? layout.text), at(layout.label)];

  const examples: SequenceExample[] = [];
  const skipped = new SkippedRows();
  const skipHeader = !headerless && layout.header.length > 0;
  for (const row of tsvRows(content)) {
    if (skipHeader && row.line === first.line) continue;
    const place = `line ${row.line}`;
    if (layout.skipBroken && row.cells.length !== names.length) {
      skipped.add(`broken off or run together (not of ${names.length} columns)`, place);
      continue;
    }
    if (!(layout.headerless?.extra && headerless && row.cells.length > names.length)) {
      expectColumns(fileName, row, names);
    }
    const cell = row.cells[labelAt] as string;
    const label = layout.labelOf(cell);
    if (label === 'wrong') {
      throw lineError(
        fileName,
        row.line,
        `the label is ${JSON.stringify(cell)}, but must be ${layout.wanted}; mend or remove the line.`,
      );
    }
    const text = row.cells[textAt] as string;
    const pair = row.cells[pairAt] as string;
    if (label === 'none') skipped.add('without a label', place);
    else if (text.trim() === '' || pair.trim() === '') skipped.add('with an empty sentence', place);
    else examples.push(layout.pair === undefined ? { text, label } : { text, pair, label });
  }
  const notes = skipped.notes();
  if (examples.length === 0) {
    throw new Error(
      notes.length > 0
        ? `${fileName} holds no example that can be used: ${notes.join(' ')} Choose the train or dev file, which hold labels.`
        : `${fileName} has a header but no examples; choose the train or dev file of ${layout.title}.`,
    );
  }
  return { examples, notes };
}

function headerMissing({ title, header, headerless }: GlueLayout): string {
  const also = headerless
    ? `, or has no header and the columns ${headerless.columns.join(', ')} separated by tabs`
    : '';
  return `a file of ${title} starts with the header ${header.join(', ')} separated by tabs${also}; this one does not, so choose another file or add the header.`;
}
