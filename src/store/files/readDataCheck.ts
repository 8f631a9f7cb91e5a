/** Reads own data as the engine will, for the preview; heavy readers, so only the worker imports this. */
import { type FileBlob, sentenceOf } from '../../runtime/protocol';
import { overlapNotes } from '../../tasks/overlap';
import { taskByName } from '../../tasks/registry';
import { parseMapping, suggestMapping } from '../../tasks/table/mapping';
import { hasOriginalLayout } from '../../tasks/table/originals';
import { labelsOfColumn, ownTask } from '../../tasks/table/ownTask';
import { isParquet } from '../../tasks/table/parquet';
import { examplesFromTables, readExamplesOfFiles } from '../../tasks/table/readExamples';
import { fileText, readTable } from '../../tasks/table/readTable';
import { preview, type Table, type TableFile, type TablePreview } from '../../tasks/table/table';
import { type Example, ownTaskName, type Task } from '../../tasks/task';
import type { DataAnswer, DataQuestion, FileCheck } from './dataCheck';
import { readFile } from './readFile';

/** Rows shown of a file. */
const shownRows = 5;

/** Never throws: what is wrong stands in the answer. */
export async function checkData(question: DataQuestion): Promise<DataAnswer> {
  const { task, columns, train, dev } = question;
  const checkSet = (files: readonly FileBlob[], labels?: readonly string[]) =>
    task === ownTaskName ? checkOwn(columns, files, labels) : checkFiles(taskByName(task), columns, files);
  const ofTrain = train.length > 0 ? await checkSet(train) : undefined;
  const ofDev = dev.length > 0 ? await checkSet(dev, ofTrain?.labels) : undefined;
  const labels = ofTrain?.labels ?? ofDev?.labels;
  ofDev?.check.notes.push(...overlapNotes(ofTrain?.examples ?? [], ofDev.examples));
  return { train: ofTrain?.check, dev: ofDev?.check, ...(labels && { labels }) };
}

/** What was found in the files of a set, and their examples, none where something is wrong. */
interface CheckedSet {
  check: FileCheck;
  examples: readonly Example[];
  labels?: string[];
}

const read = async (file: FileBlob): Promise<TableFile> => ({
  name: file.name,
  bytes: await readFile(file, (blob) => blob.arrayBuffer()),
});

async function checkFiles(task: Task, columns: string, files: readonly FileBlob[]): Promise<CheckedSet> {
  const check: FileCheck = { table: false, suggestion: {}, notes: [] };
  let examples: readonly Example[] = [];
  try {
    const contents = await Promise.all(files.map(read));
    const [first] = contents as [TableFile];
    const mapping = parseMapping(columns);
    const original =
      mapping === undefined && !isParquet(first.bytes) && hasOriginalLayout(task, fileText(first));
    if (!original) {
      check.table = true;
      const table = await readTable(first);
      check.preview = preview(table, shownRows);
      check.suggestion = suggestMapping(task, table.columns);
    }
    const found = await readExamplesOfFiles(task, contents, mapping);
    examples = found.examples;
    check.examples = examples.length;
    check.notes = found.notes;
    if (original) check.preview = previewOf(examples, task);
  } catch (error) {
    check.error = sentenceOf(error);
  }
  return { check, examples };
}

async function checkOwn(
  columns: string,
  files: readonly FileBlob[],
  known: readonly string[] | undefined,
): Promise<CheckedSet> {
  const check: FileCheck = { table: true, suggestion: {}, notes: [] };
  let labels: string[] | undefined;
  let examples: readonly Example[] = [];
  try {
    const tables = await Promise.all(files.map(async (file) => readTable(await read(file))));
    const [table] = tables as [Table];
    check.preview = preview(table, shownRows);
    check.suggestion = suggestMapping(ownTask([]), table.columns);
    const mapping = parseMapping(columns) ?? check.suggestion;
    const column = mapping.label;
    // Without the column examplesFromTables says what is missing.
    if (!known && column !== undefined && table.columns.includes(column)) {
      labels = labelsOfColumn(tables, column);
    }
    const found = examplesFromTables(ownTask(known ?? labels ?? []), tables, mapping);
    examples = found.examples;
    check.examples = examples.length;
    check.notes = found.notes;
  } catch (error) {
    check.error = sentenceOf(error);
  }
  return { check, examples, labels };
}

/** The first examples as a table. */
function previewOf(examples: readonly Example[], task: Task): TablePreview {
  const rows = examples.slice(0, shownRows).map((example): string[] => {
    if ('words' in example) return [example.words.join(' '), example.tags.join(' ')];
    if ('source' in example) return [example.source, example.references.join(' / ')];
    const label = task.labels[example.label] ?? String(example.label);
    return example.pair === undefined ? [example.text, label] : [example.text, example.pair, label];
  });
  const columns =
    task.kind === 'tagging'
      ? ['words', 'tags']
      : task.kind === 'generation'
        ? ['record', 'texts']
        : rows[0]?.length === 3
          ? ['text', 'second text', 'label']
          : ['text', 'label'];
  return { columns, rows, rowCount: examples.length };
}
