/** Where text, pair and label stand in the tab-separated files of each GLUE task, and how their labels are written. */

export type GlueTaskName = 'cola' | 'sst2' | 'mrpc' | 'qqp' | 'mnli' | 'qnli' | 'rte' | 'stsb';

/** What a label cell says: a class index or score, no label at all, or nothing that can be read. */
type LabelReading = number | 'none' | 'wrong';

/** One task's files. */
export interface GlueLayout {
  title: string;
  /** The header of the labelled file; the columns read are found by name, the others only counted. */
  header: readonly string[];
  /** The columns of a form without a header, where there is one. */
  headerless?: {
    columns: readonly string[];
    /** True if a first row can only be of this form. */
    fits(cells: readonly string[]): boolean;
    /** Columns that may follow, which hold nothing that is read. */
    extra?: boolean;
  };
  text: string;
  pair?: string;
  label: string;
  /** How a label must look, for the error. */
  wanted: string;
  labelOf(cell: string): LabelReading;
  /** QQP as it was published has rows broken by line ends inside a question; elsewhere such a row is an error. */
  skipBroken?: boolean;
}

/** GLUE's unlabelled test rows carry −1 or nothing. */
const unlabelled = (cell: string) => cell === '' || cell === '-1';

const binary = (cell: string): LabelReading =>
  cell === '0' || cell === '1' ? Number(cell) : unlabelled(cell) ? 'none' : 'wrong';

const named =
  (names: readonly string[]) =>
  (cell: string): LabelReading => {
    const index = names.indexOf(cell);
    if (index >= 0) return index;
    // MNLI marks a pair whose annotators did not agree with a hyphen.
    return unlabelled(cell) || cell === '-' ? 'none' : 'wrong';
  };

/** STS-B's scores run from 0 to 5; −1 is no score. */
const score = (cell: string): LabelReading => {
  if (unlabelled(cell)) return 'none';
  const value = cell.trim() === '' ? Number.NaN : Number(cell);
  return value >= 0 && value <= 5 ? value : 'wrong';
};

const inferenceLabels = ['entailment', 'not_entailment'];
const digits = '0 or 1';

export const glueLayouts: Readonly<Record<GlueTaskName, GlueLayout>> = {
  cola: {
    title: 'CoLA',
    header: [],
    headerless: {
      columns: ['source', 'label', 'star', 'sentence'],
      fits: (cells) => cells.length === 4 && /^-?\d+$/.test(cells[1] ?? ''),
    },
    text: 'sentence',
    label: 'label',
    wanted: digits,
    labelOf: binary,
  },
  sst2: {
    title: 'SST-2',
    header: ['sentence', 'label'],
    text: 'sentence',
    label: 'label',
    wanted: digits,
    labelOf: binary,
  },
  mrpc: {
    title: 'MRPC',
    header: ['Quality', '#1 ID', '#2 ID', '#1 String', '#2 String'],
    text: '#1 String',
    pair: '#2 String',
    label: 'Quality',
    wanted: digits,
    labelOf: binary,
  },
  qqp: {
    title: 'QQP',
    header: ['id', 'qid1', 'qid2', 'question1', 'question2', 'is_duplicate'],
    text: 'question1',
    pair: 'question2',
    label: 'is_duplicate',
    wanted: digits,
    labelOf: binary,
    skipBroken: true,
  },
  mnli: {
    title: 'MNLI',
    header: [
      ...['index', 'promptID', 'pairID', 'genre', 'sentence1_binary_parse', 'sentence2_binary_parse'],
      ...['sentence1_parse', 'sentence2_parse', 'sentence1', 'sentence2', 'label1', 'gold_label'],
    ],
    text: 'sentence1',
    pair: 'sentence2',
    label: 'gold_label',
    wanted: 'entailment, neutral or contradiction',
    labelOf: named(['entailment', 'neutral', 'contradiction']),
  },
  qnli: {
    title: 'QNLI',
    header: ['index', 'question', 'sentence', 'label'],
    text: 'question',
    pair: 'sentence',
    label: 'label',
    wanted: 'entailment or not_entailment',
    labelOf: named(inferenceLabels),
  },
  rte: {
    title: 'RTE',
    header: ['index', 'sentence1', 'sentence2', 'label'],
    text: 'sentence1',
    pair: 'sentence2',
    label: 'label',
    wanted: 'entailment or not_entailment',
    labelOf: named(inferenceLabels),
  },
  stsb: {
    title: 'STS-B',
    header: [
      ...['index', 'genre', 'filename', 'year', 'old_index', 'source1', 'source2'],
      ...['sentence1', 'sentence2', 'score'],
    ],
    headerless: {
      columns: ['genre', 'filename', 'year', 'old_index', 'score', 'sentence1', 'sentence2'],
      fits: (cells) => cells.length >= 7 && cells[4] !== '' && Number.isFinite(Number(cells[4])),
      extra: true,
    },
    text: 'sentence1',
    pair: 'sentence2',
    label: 'score',
    wanted: 'a score from 0 to 5',
    labelOf: score,
  },
};
