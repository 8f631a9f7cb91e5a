/** Classification by one's own labels: a task whose classes are those of the train file. */
import { ownTaskFacts, type ParsedFile, type SequenceExample, type SequenceTask } from '../task';
import { examplesFromTable } from './examples';
import { isUnlabelled } from './labels';
import { type ColumnMapping, suggestMapping } from './mapping';
import { examplesFromTables } from './readExamples';
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
 * The labels of a column: the files' own class names where all give them, else these and the values that the others have,
 * numbers by size and texts by alphabet.
 * @param tables the files of one set
 * @throws Error if there are fewer than two, or more than `maximumOwnLabels`.
 */
export function labelsOfColumn(tables: readonly Table[], column: string): string[] {
  const found = new Set(tables.flatMap(({ classNames }) => classNames[column] ?? []));
  const unnamed = tables.filter(({ classNames }) => !classNames[column]);
  if (unnamed.length === 0) return [...found];
  for (const { name, columns, rows } of unnamed) {
    const at = columns.indexOf(column);
    for (const row of rows) {
      const cell = row[at] ?? null;
      if (!isUnlabelled(cell, true)) found.add(cellText(cell).trim());
      if (found.size > maximumOwnLabels) {
        throw new Error(
          `${name}: column "${column}" holds more than ${maximumOwnLabels} different labels; choose a column of classes (scores are STS-B's kind of task).`,
        );
      }
    }
  }
  if (found.size < 2) {
    const names = tables.map(({ name }) => name).join(', ');
    throw new Error(
      `${names}: column "${column}" holds ${found.size === 0 ? 'no label' : `one label only (${[...found][0]})`}; a classification needs two or more.`,
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
 * Reads all files by one mapping, several of a set as one; the train labels are the task's. Without a dev file its examples
 * are none.
 * @throws Error with one sentence naming the file, the place and the remedy.
 */
export async function readOwnData(
  files: { train: readonly TableFile[]; dev: readonly TableFile[] },
  mapping?: ColumnMapping,
): Promise<OwnData> {
  const trainTables = await Promise.all(files.train.map(readTable));
  const columns = trainTables[0]?.columns ?? [];
  const used = mapping ?? suggestMapping(ownTask([]), columns);
  const column = used.label;
  const there = column !== undefined && columns.includes(column);
  // Without the column examplesFromTables says what is missing.
  const task = ownTask(there ? labelsOfColumn(trainTables, column) : []);
  const train = examplesFromTables(task, trainTables, used);
  const dev = examplesFromTables(task, await Promise.all(files.dev.map(readTable)), used);
  return { task, train, dev };
}
