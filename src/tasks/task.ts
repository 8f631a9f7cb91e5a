/** What a task is: its metadata, the parser of its original files, its embedded generator, its metrics. */

/** One labelled text or pair. */
export interface SequenceExample {
  text: string;
  pair?: string;
  /** Class index, or the score of a regression. */
  label: number;
}

/** A sentence in words, each with its tag (`O`, `B-…`, `I-…`). */
export interface TaggingExample {
  words: string[];
  tags: string[];
}

/** A record as the prompt a decoder reads, and the texts that say it: each is a training pair, all are references. */
export interface GenerationExample {
  source: string;
  references: string[];
}

export type Example = SequenceExample | TaggingExample | GenerationExample;

/** Rows of a file, and what was passed over. */
export interface ParsedFile<E extends Example = Example> {
  examples: E[];
  /** One sentence per kind of skipped row: "17 rows without a label were skipped (first: line 42)". */
  notes: string[];
}

export interface TaskMetrics {
  /** By the keys of `metrics/catalog.ts`. */
  values: Record<string, number>;
  /** confusion[true][predicted]; empty but for classification. */
  confusion: number[][];
}

export type Split = 'train' | 'dev';

interface TaskOf<Kind extends string, E extends Example> {
  /** Key in configurations: `cola`, `e2e`. */
  readonly name: string;
  readonly title: string;
  /** One or two sentences for the page. */
  readonly description: string;
  readonly kind: Kind;
  /** Class names or tags in order; empty for a regression or a generation. */
  readonly labels: readonly string[];
  /** Key into TaskMetrics.values by which runs are compared. */
  readonly primaryMetric: string;
  /** Sizes of the embedded data. */
  readonly embedded: { readonly trainSize: number; readonly devSize: number };
  /** What the original files are called and look like, for the file chooser: "train.tsv and dev.tsv from GLUE". */
  readonly files: string;
  /** The embedded examples: the same for every seed of an experiment; no dev text stands in train. */
  generate(split: Split): Promise<E[]>;
  /**
   * Reads one original file; several (WebNLG's XML folders) are read one by one and joined.
   * @throws Error naming file, line (from 1), what is wrong and how to mend it; nothing is returned half-read.
   */
  parse(content: string, fileName: string): Promise<ParsedFile<E>>;
}

/** Predictions are class indices or scores, in the order of labels. */
export interface SequenceTask extends TaskOf<'classification' | 'regression', SequenceExample> {
  score(predictions: readonly number[], labels: readonly number[]): Promise<TaskMetrics>;
}

/** One tag per word. */
export interface TaggingTask extends TaskOf<'tagging', TaggingExample> {
  score(
    predictions: readonly (readonly string[])[],
    tags: readonly (readonly string[])[],
  ): Promise<TaskMetrics>;
}

/** One text per record, against all of its references. */
export interface GenerationTask extends TaskOf<'generation', GenerationExample> {
  score(predictions: readonly string[], references: readonly (readonly string[])[]): Promise<TaskMetrics>;
}

export type Task = SequenceTask | TaggingTask | GenerationTask;

/** The name of a classification by one's own labels (table/ownTask.ts), which is no task of the registry. */
export const ownTaskName = 'own';

/** What is known of it before its labels are. */
export const ownTaskFacts = {
  name: ownTaskName,
  title: 'Own classification',
  description: 'Texts, or pairs of texts, and your own labels, from a table.',
  kind: 'classification',
  primaryMetric: 'accuracy',
  files: 'a table (TSV, CSV, JSON lines or Parquet) with a column of texts and one of labels.',
} as const;
