/** From a table and a column mapping to a task's examples, row by row, saying which row is wrong. */
import { e2ePrompt } from '../formats/e2e';
import { documentMark, toIob2 } from '../formats/iob';
import { oneLine, ReferenceGroups } from '../formats/references';
import { SkippedRows } from '../formats/skippedRows';
import { splitTriple, type Triple, webnlgPrompt } from '../formats/webnlgTriples';
import {
  type GenerationExample,
  type GenerationTask,
  ownTaskName,
  type ParsedFile,
  type SequenceExample,
  type SequenceTask,
  type TaggingExample,
  type TaggingTask,
  type Task,
} from '../task';
import { isUnlabelled, labelReader, ownLabelReader } from './labels';
import { listOfText, opensList } from './listText';
import { type ColumnMapping, checkMapping, columnsPassedOver, type MappedField } from './mapping';
import { type Cell, cellText, placeOf, type Table } from './table';

export type ExampleOf<T extends Task> = Awaited<ReturnType<T['generate']>>[number];

/**
 * Rows without a label, a text or words are skipped and counted.
 * @throws Error with one sentence naming the file, the place and the remedy: a column that is not there, a label that the
 * task does not know, a score that is no number, words and tags of different number.
 */
export function examplesFromTable<T extends Task>(
  task: T,
  table: Table,
  mapping: ColumnMapping,
): ParsedFile<ExampleOf<T>> {
  checkMapping(task, mapping, table.columns, table.name);
  const read = reading(task, new MappedRows(table, mapping));
  if (read.examples.length === 0) {
    throw new Error(
      `${table.name} holds no example that can be used: ${read.notes.join(' ')} Choose a file with labels and texts, or other columns.`,
    );
  }
  return { examples: read.examples as ExampleOf<T>[], notes: [...table.notes, ...read.notes] };
}

function reading(task: Task, rows: MappedRows): ParsedFile {
  if (task.kind === 'tagging') return taggedSentences(task, rows);
  if (task.kind === 'generation') return records(task, rows);
  return labelledTexts(task, rows);
}

/** The cells of mapped columns, and errors that name the row. */
class MappedRows {
  private readonly at: Partial<Record<MappedField, number>> = {};

  constructor(
    readonly table: Table,
    readonly mapping: ColumnMapping,
  ) {
    for (const [field, column] of Object.entries(mapping)) {
      this.at[field as MappedField] = table.columns.indexOf(column);
    }
  }

  cell(row: number, field: MappedField): Cell {
    return this.table.rows[row]?.[this.at[field] ?? -1] ?? null;
  }

  /** @throws Error if the cell holds a list or an object. */
  text(row: number, field: MappedField): string {
    const cell = this.cell(row, field);
    if (typeof cell !== 'object' || cell === null) return cellText(cell);
    throw this.error(
      row,
      `the ${field} (column ${this.mapping[field]}) is ${JSON.stringify(cell).slice(0, 60)}, not a text; choose another column.`,
    );
  }

  /**
   * A list as it is, or one that stands in a text; undefined for other texts.
   * @throws Error if the text begins as a list and is none.
   */
  list(row: number, field: MappedField): readonly Cell[] | undefined {
    const cell = this.cell(row, field);
    if (Array.isArray(cell)) return cell;
    const text = cellText(cell).trim();
    const list = listOfText(text);
    if (!list && opensList(text))
      throw this.error(
        row,
        `the ${field} (column ${this.mapping[field]}) begin with ${JSON.stringify(text.slice(0, 40))}, a list that cannot be read; write it as JSON.`,
      );
    return list;
  }

  /** The items of a list, or words between spaces. */
  words(row: number, field: MappedField): string[] {
    const list = this.list(row, field);
    return list ? list.map(cellText) : cellText(this.cell(row, field)).split(/\s+/).filter(Boolean);
  }

  /**
   * The cell, or the list of texts that stands in it. "[2009]" is a text itself; "[]" is no text among references.
   * @throws Error as `list` does
   */
  texts(row: number, field: 'references' | 'target'): Cell {
    const list = this.list(row, field);
    const mayBeEmpty = field === 'references' || /^references?$/i.test(this.mapping[field] ?? '');
    const isOfTexts = list?.every(holdsText) && (list.length > 0 || mayBeEmpty);
    return list && isOfTexts ? list : this.cell(row, field);
  }

  place(row: number): string {
    return placeOf(this.table, row);
  }

  error(row: number, message: string): Error {
    return new Error(`${this.table.name}, ${this.place(row)}: ${message}`);
  }
}

function labelledTexts(task: SequenceTask, rows: MappedRows): ParsedFile<SequenceExample> {
  const { table, mapping } = rows;
  const classNames = table.classNames[mapping.label as string];
  const ownLabels = task.name === ownTaskName && classNames === undefined;
  const read = ownLabels ? ownLabelReader(task) : labelReader(task, classNames);
  const skipped = new SkippedRows();
  const examples: SequenceExample[] = [];
  for (let row = 0; row < table.rowCount; row++) {
    const cell = rows.cell(row, 'label');
    if (isUnlabelled(cell, ownLabels)) {
      skipped.add('without a label', rows.place(row));
      continue;
    }
    const label = read(cell);
    if (label === undefined) {
      const wanted =
        task.kind === 'regression'
          ? 'a number'
          : `one of ${task.labels.join(', ')}${ownLabels ? '' : `, or a class index from 0 to ${task.labels.length - 1}`}`;
      throw rows.error(
        row,
        `the label (column ${mapping.label}) is ${JSON.stringify(cellText(cell))}, but must be ${wanted}; mend or remove the row, or choose another column.`,
      );
    }
    const text = rows.text(row, 'text');
    const pair = mapping.pair === undefined ? undefined : rows.text(row, 'pair');
    if (text.trim() === '' || pair?.trim() === '') skipped.add('with an empty text', rows.place(row));
    else examples.push(pair === undefined ? { text, label } : { text, pair, label });
  }
  return { examples, notes: skipped.notes() };
}

/** Sentences, and the row of the table that holds each of their words. */
interface PlacedSentences {
  sentences: TaggingExample[];
  rowOf(sentence: number, word: number): number;
  notes: string[];
}

function taggedSentences(task: TaggingTask, rows: MappedRows): ParsedFile<TaggingExample> {
  const names = rows.table.classNames[rows.mapping.tags as string] ?? task.labels;
  const { sentences, rowOf, notes } = hasWordPerRow(rows) ? sentencesOfWords(rows) : sentencesOfLists(rows);
  const named = sentences.map(({ words, tags }) => ({
    words,
    tags: tags.map((tag) => (/^\d+$/.test(tag) ? (names[Number(tag)] ?? tag) : tag)),
  }));
  const converted = toIob2(named, task.labels, rows.table.name, (sentence, word) =>
    rows.place(rowOf(sentence, word)),
  );
  return { examples: converted.examples, notes: [...notes, ...converted.notes] };
}

function sentencesOfLists(rows: MappedRows): PlacedSentences {
  const { table, mapping } = rows;
  const skipped = new SkippedRows();
  const sentences: TaggingExample[] = [];
  const rowOf: number[] = [];
  for (let row = 0; row < table.rowCount; row++) {
    const words = rows.words(row, 'words');
    const tags = rows.words(row, 'tags');
    if (words.length === 0) {
      skipped.add('without words', rows.place(row));
      continue;
    }
    const empty = words.findIndex((word) => word.trim() === '');
    if (empty >= 0)
      throw rows.error(row, `word ${empty + 1} (column ${mapping.words}) is empty; remove it and its tag.`);
    if (words.length !== tags.length) {
      throw rows.error(
        row,
        `there are ${words.length} words (column ${mapping.words}) and ${tags.length} tags (column ${mapping.tags}); each word needs one tag.`,
      );
    }
    sentences.push({ words, tags });
    rowOf.push(row);
  }
  return { sentences, rowOf: (sentence) => rowOf[sentence] as number, notes: skipped.notes() };
}

/** True where every row holds a word and its tag, or nothing: CoNLL's layout under a header. */
function hasWordPerRow(rows: MappedRows): boolean {
  const { rowCount } = rows.table;
  const isSingle = (row: number, field: 'words' | 'tags') => {
    const cell = rows.cell(row, field);
    return (typeof cell !== 'object' || cell === null) && !/\s/.test(cellText(cell).trim());
  };
  for (let row = 0; row < rowCount; row++) {
    // A word may be "[1]", a tag may not.
    const isListed = cellText(rows.cell(row, 'tags')).startsWith('[');
    if (isListed || !isSingle(row, 'words') || !isSingle(row, 'tags')) return false;
  }
  return rowCount > 1;
}

/** Words; a file that is one longer sentence lacks the lines that end its sentences. */
const longestOnlySentence = 200;

/** @throws Error where all words of a longer file would be one sentence. */
function sentencesOfWords(rows: MappedRows): PlacedSentences {
  const { table, mapping } = rows;
  const sentences: TaggingExample[] = [];
  const rowsOf: number[][] = [];
  let open = false;
  for (let row = 0; row < table.rowCount; row++) {
    const word = cellText(rows.cell(row, 'words')).trim();
    const tag = cellText(rows.cell(row, 'tags')).trim();
    const isBetween = (word === '' && tag === '') || documentMark.test(word);
    const followsEmptyLine = (table.lines?.[row] ?? 0) > (table.lines?.[row - 1] ?? Infinity) + 1;
    if (isBetween || followsEmptyLine) open = false;
    if (isBetween) continue;
    if (word === '' || tag === '')
      throw rows.error(
        row,
        `the word (column ${mapping.words}) or its tag (column ${mapping.tags}) is empty; mend or remove the row.`,
      );
    if (!open) {
      open = true;
      sentences.push({ words: [], tags: [] });
      rowsOf.push([]);
    }
    sentences.at(-1)?.words.push(word);
    sentences.at(-1)?.tags.push(tag);
    rowsOf.at(-1)?.push(row);
  }
  const only = sentences.length === 1 ? sentences[0] : undefined;
  if (only && only.words.length > longestOnlySentence)
    throw new Error(
      `${table.name}: each row holds one word (column ${mapping.words}), and no empty line ends a sentence; put one after each sentence, or give a sentence per row with lists of words and tags.`,
    );
  return {
    sentences,
    rowOf: (sentence, word) => rowsOf[sentence]?.[word] as number,
    notes: [
      only
        ? 'Each row holds one word; together they are one sentence.'
        : `Each row holds one word; empty lines end ${sentences.length.toLocaleString('en')} sentences.`,
    ],
  };
}

function records(task: GenerationTask, rows: MappedRows): ParsedFile<GenerationExample> {
  const groups = new ReferenceGroups();
  const skipped = new SkippedRows();
  const textsIn = (row: number, field: 'references' | 'target') =>
    textsOf(rows.texts(row, field))
      .map(oneLine)
      .filter((text) => text !== '');
  for (let row = 0; row < rows.table.rowCount; row++) {
    const source = promptOf(task, rows.cell(row, 'source'));
    const listed = textsIn(row, 'references');
    const texts = listed.length > 0 ? listed : textsIn(row, 'target');
    if (source === '') skipped.add('with an empty record', rows.place(row));
    else if (texts.length === 0) skipped.add('without a text', rows.place(row));
    for (const text of source === '' ? [] : texts) groups.add(source, text);
  }
  const unread = columnsPassedOver(task, rows.mapping, rows.table.columns);
  const notes = unread.length > 0 ? [`Columns that were not read: ${unread.join(', ')}.`] : [];
  return { examples: groups.examples(), notes: [...notes, ...skipped.notes()] };
}

/** E2E's attribute lists and WebNLG's triples become the task's prompt; any other text stays as it is. */
function promptOf(task: GenerationTask, cell: Cell): string {
  const triples = task.name === 'webnlg' ? triplesOf(cell) : undefined;
  if (triples) return webnlgPrompt(triples);
  const text = Array.isArray(cell) ? cell.map(cellText).join(' | ') : oneLine(cellText(cell));
  return task.name === 'e2e' ? (e2ePrompt(text) ?? text) : text;
}

/** "s | p | o" in a list, [s, p, o] in a list, or the list within an object (the Hub's mtriple_set). */
function triplesOf(cell: Cell): Triple[] | undefined {
  if (Array.isArray(cell)) {
    if (cell.length === 1 && Array.isArray(cell[0]) && cell[0].some(isTripleText)) return triplesOf(cell[0]);
    const triples = cell.map((item: Cell) =>
      Array.isArray(item) && item.length === 3
        ? (item.map(cellText) as unknown as Triple)
        : splitTriple(cellText(item)),
    );
    return triples.length > 0 && triples.every((triple) => triple !== undefined) ? triples : undefined;
  }
  if (typeof cell === 'object' && cell !== null) {
    return triplesOf((cell as Record<string, Cell>).mtriple_set ?? null);
  }
  return undefined;
}

const isTripleText = (item: Cell) => typeof item === 'string' && splitTriple(item) !== undefined;

const holdsText = (item: Cell) =>
  typeof item === 'string' || (typeof item === 'object' && item !== null && 'text' in item);

/** A text, a list of texts, or the texts of WebNLG's lex: {"text": […]} or [{"text": …}, …]. */
function textsOf(cell: Cell): string[] {
  if (Array.isArray(cell)) return cell.flatMap(textsOf);
  if (typeof cell === 'object' && cell !== null) {
    return textsOf((cell as Record<string, Cell>).text ?? null);
  }
  return [cellText(cell)];
}
