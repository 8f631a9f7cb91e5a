/** Which column of a table holds what a task reads, by hand or by the usual names. */
import type { Task } from '../task';

const fieldNames = ['text', 'pair', 'label', 'words', 'tags', 'source', 'target', 'references'] as const;
export type MappedField = (typeof fieldNames)[number];

/** Field → column. */
export type ColumnMapping = Partial<Record<MappedField, string>>;

/** A field as a form asks for it. */
export interface TaskField {
  field: MappedField;
  title: string;
  required: boolean;
}

const pairTasks: readonly string[] = ['mrpc', 'qqp', 'mnli', 'qnli', 'rte', 'stsb'];
const singleTasks: readonly string[] = ['cola', 'sst2'];

/** What a task reads from a table, in the order in which to ask. */
export function fieldsOf(task: Task): TaskField[] {
  if (task.kind === 'tagging') {
    return [
      { field: 'words', title: 'Words (a list)', required: true },
      { field: 'tags', title: 'Tags (a list)', required: true },
    ];
  }
  if (task.kind === 'generation') {
    return [
      { field: 'source', title: 'Record', required: true },
      { field: 'target', title: 'Text that says it', required: true },
      { field: 'references', title: 'Several such texts (a list)', required: false },
    ];
  }
  return [
    { field: 'text', title: 'Text', required: true },
    { field: 'pair', title: 'Second text', required: pairTasks.includes(task.name) },
    { field: 'label', title: task.kind === 'regression' ? 'Score' : 'Label', required: true },
  ];
}

/** Names in use on the Hub and in original files, likeliest first; case and punctuation do not count. */
const usualNames: Record<MappedField, readonly string[]> = {
  text: 'sentence1 premise question1 text1 text_a s1 #1string sentence text question content review utterance comment tweet body'.split(
    ' ',
  ),
  pair: 'sentence2 hypothesis question2 text2 text_b s2 #2string'.split(' '),
  label:
    'gold_label label labels class target score similarity_score is_duplicate quality category sentiment stars rating'.split(
      ' ',
    ),
  words: 'tokens words token word sentence'.split(' '),
  tags: 'ner_tags tags labels ner tag label'.split(' '),
  source:
    'source mr meaning_representation input context prompt modified_triple_sets triples triple_set data'.split(
      ' ',
    ),
  target: 'target ref human_reference references reference output completion text lex'.split(' '),
  // GEM's layout: train has a target each, dev a list of references too.
  references: ['references'],
};

/** Where a task's columns go by names that mean another field elsewhere. */
const ownNames: Readonly<Record<string, Partial<Record<MappedField, readonly string[]>>>> = {
  qnli: { text: ['question'], pair: ['sentence'] },
};

const plain = (name: string) => name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');

const usualNamesOf = (taskName: string, field: MappedField) =>
  [...(ownNames[taskName]?.[field] ?? []), ...usualNames[field]].map(plain);

/** What `suggestMapping` looks for in a table of texts, in its order; names without case and punctuation. */
export function columnsByUsualNames(
  taskName: string,
): { field: MappedField; required: boolean; names: string[] }[] {
  return (['text', 'pair', 'label'] as const).map((field) => ({
    field,
    required: field !== 'pair' || pairTasks.includes(taskName),
    names: field === 'pair' && singleTasks.includes(taskName) ? [] : usualNamesOf(taskName, field),
  }));
}

/** Columns by their usual names; a field whose column is not found is left out, and no column serves twice. */
export function suggestMapping(task: Task, columns: readonly string[]): ColumnMapping {
  const mapping: ColumnMapping = {};
  const free = new Set(columns);
  for (const { field } of fieldsOf(task)) {
    if (field === 'pair' && singleTasks.includes(task.name)) continue;
    const names = usualNamesOf(task.name, field);
    for (const name of names) {
      const column = [...free].find((candidate) => plain(candidate) === name);
      if (column === undefined) continue;
      mapping[field] = column;
      free.delete(column);
      break;
    }
  }
  return mapping;
}

/** Columns that are not read though one of the task's fields goes by such a name. */
export function columnsPassedOver(task: Task, mapping: ColumnMapping, columns: readonly string[]): string[] {
  const read = Object.values(mapping);
  const usual = fieldsOf(task).flatMap(({ field }) => usualNamesOf(task.name, field));
  return columns.filter((column) => !read.includes(column) && usual.includes(plain(column)));
}

/**
 * The mapping as examples are read by it: every field the task needs, every column in the table.
 * @throws Error naming the file, the field and the columns there are.
 */
export function checkMapping(
  task: Task,
  mapping: ColumnMapping,
  columns: readonly string[],
  fileName: string,
): void {
  const there = `the columns are ${columns.join(', ')}`;
  const fields = fieldsOf(task);
  for (const field of Object.keys(mapping) as MappedField[]) {
    if (fields.some((known) => known.field === field)) continue;
    throw new Error(
      `The columns name "${field}", which ${task.title} does not read; it reads ${fields.map((known) => known.field).join(', ')}.`,
    );
  }
  for (const { field, required } of fields) {
    const column = mapping[field];
    if (column !== undefined && !columns.includes(column)) {
      throw new Error(`${fileName} has no column "${column}" for ${field}; ${there}.`);
    }
    if (column === undefined && required) {
      throw new Error(
        `${fileName}: which column holds the ${field}? None has a usual name; ${there}. Choose one.`,
      );
    }
  }
}

const mappedField = new RegExp(
  String.raw`\s*(${fieldNames.join('|')})\s*=\s*(.*?)\s*(?:,(?=\s*(?:${fieldNames.join('|')})\s*=)|$)`,
  'y',
);

/**
 * "text=sentence, label=class", as a configuration writes it (`data.columns`); a column's name may hold commas.
 * @returns undefined for an empty text.
 * @throws Error naming the text if it is of another form.
 */
export function parseMapping(text: string): ColumnMapping | undefined {
  if (text.trim() === '') return undefined;
  const mapping: ColumnMapping = {};
  for (let at = 0; at < text.length; at = mappedField.lastIndex) {
    mappedField.lastIndex = at;
    const [, field, column] = mappedField.exec(text) ?? [];
    if (field === undefined || !column) {
      throw new Error(
        `The columns ${JSON.stringify(text)} are not of the form field=column, field=column; the fields are ${fieldNames.join(', ')}.`,
      );
    }
    mapping[field as MappedField] = column;
  }
  return mapping;
}

/** The text that `parseMapping` reads. */
export function formatMapping(mapping: ColumnMapping): string {
  return fieldNames
    .filter((field) => mapping[field] !== undefined)
    .map((field) => `${field}=${mapping[field]}`)
    .join(', ');
}
