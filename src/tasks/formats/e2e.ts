/** The E2E challenge's CSV (mr, ref), and the "prompt||text" lines that LoRA and prefix tuning made of it. */
import type { GenerationExample, ParsedFile } from '../task';
import { csvRows } from './csv';
import { oneLine, ReferenceGroups } from './references';
import { SkippedRows } from './skippedRows';
import { firstRow, lineError, tsvRows } from './tsv';

/** Attributes that the prompts of LoRA and prefix tuning spell in another way than the CSV. */
const promptNames: Readonly<Record<string, string>> = {
  eatType: 'Type',
  familyFriendly: 'family friendly',
  priceRange: 'price',
};

const attribute = /\s*([^[\],]+)\[([^\]]*)\]\s*(?:,|$)/y;

/**
 * `name[Blue Spice], eatType[coffee shop]` → `name : Blue Spice | Type : coffee shop`; prices are set apart as in LoRA's
 * files (`£20-25` → `£ 20 - 25`).
 * @returns undefined for a text that is no such record.
 */
export function e2ePrompt(record: string): string | undefined {
  const text = record.trim();
  const parts: string[] = [];
  for (let at = 0; at < text.length; at = attribute.lastIndex) {
    attribute.lastIndex = at;
    const [, name, value] = attribute.exec(text) ?? [];
    if (name === undefined || value === undefined) return undefined;
    const spaced = value
      .trim()
      .replace(/£(?=\d)/g, '£ ')
      .replace(/(\d)-(?=\d)/g, '$1 - ');
    parts.push(`${promptNames[name.trim()] ?? name.trim()} : ${spaced}`);
  }
  return parts.length > 0 ? parts.join(' | ') : undefined;
}

/** The separator of LoRA's lines. */
const bar = '||';

type E2eForm = 'csv' | 'csv without references' | 'lines' | 'other';

/** The form of a file by its first line. */
function formOf(content: string): E2eForm {
  const header = /^\uFEFF?([^\r\n]*)/.exec(content)?.[1] ?? '';
  const columns = header.split(',').map((cell) =>
    cell
      .trim()
      .replace(/^"(.*)"$/, '$1')
      .toLowerCase(),
  );
  if (columns.length === 2 && columns[0] === 'mr' && columns[1] === 'ref') return 'csv';
  if (columns.length === 1 && columns[0] === 'mr') return 'csv without references';
  return / : .*\|\|/.test(header) ? 'lines' : 'other';
}

/** True if the content begins as one of the challenge's files or of LoRA's does, with references or without. */
export function hasE2eLayout(content: string): boolean {
  return formOf(content) !== 'other';
}

/**
 * Reads either form. The references of a record are grouped wherever they stand in the file; records come in the order of
 * their first line.
 * @throws Error with one sentence naming the file, the line and the remedy.
 */
export function parseE2e(content: string, fileName: string): ParsedFile<GenerationExample> {
  const first = firstRow(content, fileName);
  const form = formOf(content);
  if (form === 'csv without references') {
    throw new Error(
      `${fileName} holds records without references (its only column is mr); choose trainset.csv, devset.csv or testset_w_refs.csv.`,
    );
  }
  if (form === 'other') {
    throw lineError(
      fileName,
      first.line,
      'an E2E file starts with the header mr,ref, or holds lines "name : … | … : …||text"; this one does neither, so choose another file or add the header.',
    );
  }
  const groups = new ReferenceGroups();
  const skipped = new SkippedRows();
  const pairs = form === 'csv' ? csvPairs(content, fileName) : linePairs(content, fileName);
  for (const { source, text, line } of pairs) {
    const reference = oneLine(text);
    if (reference === '') skipped.add('without a reference', `line ${line}`);
    else groups.add(source, reference);
  }
  const examples = groups.examples();
  if (examples.length === 0) {
    throw new Error(`${fileName} holds no record with a reference; choose trainset.csv or devset.csv.`);
  }
  return { examples, notes: skipped.notes() };
}

interface Pair {
  source: string;
  text: string;
  line: number;
}

function* csvPairs(content: string, fileName: string): Generator<Pair> {
  const [, ...rows] = csvRows(content, ',', fileName);
  for (const row of rows) {
    if (row.cells.length !== 2) {
      throw lineError(
        fileName,
        row.line,
        `found ${row.cells.length} comma-separated ${row.cells.length === 1 ? 'cell' : 'cells'} instead of 2 (mr, ref); put a text that holds commas in quotation marks.`,
      );
    }
    const [record = '', text = ''] = row.cells;
    const source = e2ePrompt(record);
    if (source === undefined) {
      throw lineError(
        fileName,
        row.line,
        `the record ${JSON.stringify(record)} is not of the form attribute[value], attribute[value]; mend or remove the line.`,
      );
    }
    yield { source, text, line: row.line };
  }
}

function* linePairs(content: string, fileName: string): Generator<Pair> {
  for (const { line, cells } of tsvRows(content)) {
    const text = cells.join('\t');
    const cut = text.indexOf(bar);
    if (cut <= 0) {
      throw lineError(fileName, line, `nothing separates prompt and text; write "prompt${bar}text".`);
    }
    yield { source: text.slice(0, cut).trim(), text: text.slice(cut + bar.length), line };
  }
}
