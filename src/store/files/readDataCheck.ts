/** Reads own data as the engine will, for the preview; heavy readers, so only the worker imports this. */
import { type FileBlob, sentenceOf } from '../../runtime/protocol';
import { taskByName } from '../../tasks/registry';
import { examplesFromTable } from '../../tasks/table/examples';
import { parseMapping, suggestMapping } from '../../tasks/table/mapping';
import { hasOriginalLayout } from '../../tasks/table/originals';
import { labelsOfColumn, ownTask } from '../../tasks/table/ownTask';
import { isParquet } from '../../tasks/table/parquet';
import { readExamplesOfFiles } from '../../tasks/table/readExamples';
import { fileText, readTable } from '../../tasks/table/readTable';
import { preview, type Table, type TableFile, type TablePreview } from '../../tasks/table/table';
import { type Example, ownTaskName, type Task } from '../../tasks/task';
import type { DataAnswer, DataQuestion, FileCheck } from './dataCheck';
import { readFile } from './readFile';

/** Rows shown of a file. */
const shownRows = 5;

/** Never throws: what is wrong stands in the answer. */
export async function checkData(question: DataQuestion): Promise<DataAnswer> {
  const own = question.task === ownTaskName;
  let labels: string[] | undefined;
  const answer: DataAnswer = {};
  for (const role of ['train', 'dev'] as const) {
    const files = question[role];
    if (files.length === 0) continue;
    if (own) {
      const checked = await checkOwn(question.columns, files, labels);
      labels ??= checked.labels;
      answer[role] = checked.check;
    } else answer[role] = await checkFiles(taskByName(question.task), question.columns, files);
  }
  return labels ? { ...answer, labels } : answer;
}

const read = async (file: FileBlob): Promise<TableFile> => ({
  name: file.name,
  bytes: await readFile(file, (blob) => blob.arrayBuffer()),
});

async function checkFiles(task: Task, columns: string, files: readonly FileBlob[]): Promise<FileCheck> {
  const check: FileCheck = { table: false, suggestion: {}, notes: [] };
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
    const { examples, notes } = await readExamplesOfFiles(task, contents, mapping);
    check.examples = examples.length;
    check.notes = notes;
    if (original) check.preview = previewOf(examples, task);
  } catch (error) {
    check.error = sentenceOf(error);
  }
  return check;
}

async function checkOwn(
  columns: string,
  files: readonly FileBlob[],
  known: readonly string[] | undefined,
): Promise<{ check: FileCheck; labels?: string[] }> {
  const check: FileCheck = { table: true, suggestion: {}, notes: [] };
  let labels: string[] | undefined;
  try {
    const table: Table = await readTable(await read(files[0] as FileBlob));
    check.preview = preview(table, shownRows);
    check.suggestion = suggestMapping(ownTask([]), table.columns);
    const mapping = parseMapping(columns) ?? check.suggestion;
    const column = mapping.label;
    // Without the column examplesFromTable says what is missing.
    if (!known && column !== undefined && table.columns.includes(column)) {
      labels = labelsOfColumn(table, column);
    }
    const { examples, notes } = examplesFromTable(ownTask(known ?? labels ?? []), table, mapping);
    check.examples = examples.length;
    check.notes = notes;
  } catch (error) {
    check.error = sentenceOf(error);
  }
  return { check, labels };
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
