/** Classification by one's own labels: a task whose classes are those of the train file. */
import { ownTaskFacts, type ParsedFile, type SequenceExample, type SequenceTask } from '../task';
import { examplesFromTable } from './examples';
import { isUnlabelled } from './labels';
import { type ColumnMapping, formatMapping, suggestMapping } from './mapping';
import { readTable, tableFromText } from './readTable';
import { cellText, type Table, type TableFile } from './table';

/** More are likely a column of texts or scores. */
export const maximumOwnLabels = 100;

/** @param labels class names in order. */
export function ownTask(labels: readonly string[]): SequenceTask {
  const task: SequenceTask = {
    ...ownTaskFacts,
    labels,
    embedded: { trainSize: 0, devSize: 0 },
    generate: async () => {
      throw new Error('A classification of your own has no data of its own: give a train and a dev file.');
    },
    parse: async (content, fileName) => {
      const table = tableFromText(content, fileName);
      return examplesFromTable(task, table, suggestMapping(task, table.columns));
    },
    score: async (predictions, gold) =>
      (await import('../../metrics/classification')).classificationMetrics(predictions, gold, labels.length),
  };
  return task;
}

/**
 * The labels of a column: the file's own class names where it gives them, else the values there are, numbers by size and
 * texts by alphabet.
 * @throws Error if there are fewer than two, or more than `maximumOwnLabels`.
 */
export function labelsOfColumn(table: Table, column: string): string[] {
  const named = table.classNames[column];
  if (named) return [...named];
  const at = table.columns.indexOf(column);
  const found = new Set<string>();
  for (const row of table.rows) {
    const cell = row[at] ?? null;
    if (!isUnlabelled(cell, true)) found.add(cellText(cell).trim());
    if (found.size > maximumOwnLabels) {
      throw new Error(
        `${table.name}: column "${column}" holds more than ${maximumOwnLabels} different labels; choose a column of classes (scores are STS-B's kind of task).`,
      );
    }
  }
  if (found.size < 2) {
    throw new Error(
      `${table.name}: column "${column}" holds ${found.size === 0 ? 'no label' : `one label only (${[...found][0]})`}; a classification needs two or more.`,
    );
  }
  const numbers = [...found].every((label) => /^-?\d+$/.test(label));
  return [...found].sort(numbers ? (a, b) => Number(a) - Number(b) : (a, b) => (a < b ? -1 : 1));
}

/** A task with its data. */
export interface OwnData {
  task: SequenceTask;
  train: ParsedFile<SequenceExample>;
  dev: ParsedFile<SequenceExample>;
}

/**
 * Reads both files by one mapping; the train file's labels are the task's. Without a dev file its examples are none.
 * @throws Error with one sentence naming the file, the place and the remedy.
 */
export async function readOwnData(
  files: { train: TableFile; dev?: TableFile },
  mapping?: ColumnMapping,
): Promise<OwnData> {
  const trainTable = await readTable(files.train);
  const used = mapping ?? suggestMapping(ownTask([]), trainTable.columns);
  const column = used.label;
  const there = column !== undefined && trainTable.columns.includes(column);
  // Without the column examplesFromTable says what is missing.
  const task = ownTask(there ? labelsOfColumn(trainTable, column) : []);
  const read = (table: Table) => {
    const { examples, notes } = examplesFromTable(task, table, used);
    return { examples, notes: [`${table.name} was read as a table (${formatMapping(used)}).`, ...notes] };
  };
  const dev = files.dev ? read(await readTable(files.dev)) : { examples: [], notes: [] };
  return { task, train: read(trainTable), dev };
}
