/** One door for a task's data: original file or table, read into examples, saying which it was. */
import type { Example, ParsedFile, Task } from '../task';
import { type ExampleOf, examplesFromTable } from './examples';
import { type ColumnMapping, formatMapping, suggestMapping } from './mapping';
import { hasOriginalLayout } from './originals';
import { isParquet } from './parquet';
import { fileText, readTable, tableFromText } from './readTable';
import type { Table, TableFile } from './table';

/**
 * A file that begins as the task's original ones do is read as such, any other as a table, by the mapping or the columns'
 * usual names. A mapping always asks for the table.
 * @throws Error with one sentence naming the file, the place and the remedy; nothing is returned half-read.
 */
export async function readExamples<T extends Task>(
  task: T,
  file: TableFile,
  mapping?: ColumnMapping,
): Promise<ParsedFile<ExampleOf<T>>> {
  const content = isParquet(file.bytes) ? undefined : textUnlessParquet(file);
  if (mapping !== undefined || content === undefined || !hasOriginalLayout(task, content)) {
    const table = content === undefined ? await readTable(file) : tableFromText(content, file.name);
    return fromTable(task, table, mapping ?? suggestMapping(task, table.columns));
  }
  try {
    const { examples, notes } = await task.parse(content, file.name);
    const reading = `${file.name} was read as an original file of ${task.title}.`;
    return { examples: examples as ExampleOf<T>[], notes: [reading, ...notes] };
  } catch (error) {
    // Own data may have GLUE's header and say "positive" for 1, or quote its cells; else the original's error says more.
    if (task.kind !== 'classification') throw error;
    try {
      const table = tableFromText(content, file.name);
      return fromTable(task, table, suggestMapping(task, table.columns));
    } catch {
      throw error;
    }
  }
}

function fromTable<T extends Task>(task: T, table: Table, mapping: ColumnMapping): ParsedFile<ExampleOf<T>> {
  const { examples, notes } = examplesFromTable(task, table, mapping);
  return { examples, notes: [`${table.name} was read as a table (${formatMapping(mapping)}).`, ...notes] };
}

/**
 * Several files as one, in their order: WebNLG's original sets are folders of XML files.
 * @throws Error as `readExamples`, or if there is no file.
 */
export async function readExamplesOfFiles<T extends Task>(
  task: T,
  files: readonly TableFile[],
  mapping?: ColumnMapping,
): Promise<ParsedFile<ExampleOf<T>>> {
  if (files.length === 0) throw new Error(`No file was given; choose ${task.files}`);
  const parts: (ParsedFile<ExampleOf<T>> & { name: string })[] = [];
  for (const file of files) parts.push({ name: file.name, ...(await readExamples(task, file, mapping)) });
  return joinParts(parts);
}

/** @param parts each with a note first that says as what it was read */
function joinParts<E extends Example>(parts: readonly (ParsedFile<E> & { name: string })[]): ParsedFile<E> {
  const joined: ParsedFile<E> = { examples: [], notes: [] };
  for (const { name, examples, notes } of parts) {
    for (const example of examples) joined.examples.push(example);
    const [reading, ...others] = notes;
    // What a single file was read as matters; of many, what is odd, and where.
    if (parts.length === 1 && reading !== undefined) joined.notes.push(reading, ...others);
    else joined.notes.push(...others.map((note) => `${name}: ${note}`));
  }
  if (parts.length > 1) joined.notes.unshift(`${parts.length} files were read and joined.`);
  return joined;
}

/** Tables as one, in their order, by one mapping. @throws Error as `examplesFromTable` */
export function examplesFromTables<T extends Task>(
  task: T,
  tables: readonly Table[],
  mapping: ColumnMapping,
): ParsedFile<ExampleOf<T>> {
  return joinParts(tables.map((table) => ({ name: table.name, ...fromTable(task, table, mapping) })));
}

/** A file that says it is Parquet and is not gets readTable's sentence for that. */
const textUnlessParquet = (file: TableFile) =>
  file.name.toLowerCase().endsWith('.parquet') ? undefined : fileText(file);
