/** What a task is: its metadata, the parser of its original files, its embedded generator, its metric. */

/** One labelled text or pair. */
export interface Example {
  text: string;
  pair?: string;
  /** Class index, or the score of a regression. */
  label: number;
}

/** Rows of a file, and what was passed over. */
export interface ParsedFile {
  examples: Example[];
  /** One sentence per kind of skipped row: "17 rows without a label were skipped (first: line 42)". */
  notes: string[];
}

export interface TaskMetrics {
  values: Record<string, number>;
  /** confusion[true][predicted]; empty for regression. */
  confusion: number[][];
}

export interface Task {
  /** Key in configurations: `sentiment`, `sst2`, `cola`. */
  readonly name: string;
  readonly title: string;
  /** One or two sentences for the page. */
  readonly description: string;
  readonly kind: 'classification' | 'regression';
  /** Class names in order; empty for a regression. */
  readonly labels: readonly string[];
  /** Key into TaskMetrics.values by which runs are compared. */
  readonly primaryMetric: string;
  /** Sizes of the embedded data, absent where a task needs files. */
  readonly embedded?: { trainSize: number; devSize: number };
  /** The embedded examples: the same for every seed of an experiment; no dev sentence stands in train. */
  generate?(split: 'train' | 'dev'): Example[];
  /**
   * Reads the original file.
   * @throws Error naming file, line (from 1), what is wrong and how to mend it; nothing is returned half-read.
   */
  parse?(content: string, fileName: string): ParsedFile;
  /** Predictions are class indices or scores, in the order of labels. */
  score(predictions: readonly number[], labels: readonly number[]): TaskMetrics;
}
