/** Every metric that a task reports: what it is called, which way is better, and which script counts it so. */

export interface MetricInfo {
  /** Key into `TaskMetrics.values`. */
  readonly key: string;
  /** For tables and axes. */
  readonly label: string;
  readonly higherIsBetter: boolean;
  /** Smallest and largest value it can take; `null` where there is no largest. */
  readonly range: readonly [number, number | null];
  /** One line for the page, naming the reference script. */
  readonly description: string;
}

const share = [0, 1] as const;

const entries: readonly MetricInfo[] = [
  {
    key: 'accuracy',
    label: 'Accuracy',
    higherIsBetter: true,
    range: share,
    description: 'Share of right predictions, as scikit-learn’s accuracy_score.',
  },
  {
    key: 'f1',
    label: 'F1',
    higherIsBetter: true,
    range: share,
    description:
      'F1 of the second class, as scikit-learn’s f1_score; 0 where it neither occurs nor is predicted.',
  },
  {
    key: 'macroF1',
    label: 'Macro F1',
    higherIsBetter: true,
    range: share,
    description: 'Mean F1 over the classes, as scikit-learn’s f1_score with average="macro".',
  },
  {
    key: 'matthews',
    label: 'Matthews correlation',
    higherIsBetter: true,
    range: [-1, 1],
    description: 'Matthews correlation, as scikit-learn’s matthews_corrcoef; 0 for constant predictions.',
  },
  {
    key: 'pearson',
    label: 'Pearson correlation',
    higherIsBetter: true,
    range: [-1, 1],
    description: 'Pearson correlation, as scipy.stats.pearsonr; 0 for a constant list.',
  },
  {
    key: 'spearman',
    label: 'Spearman correlation',
    higherIsBetter: true,
    range: [-1, 1],
    description: 'Correlation of the ranks, ties sharing their mean rank, as scipy.stats.spearmanr.',
  },
  {
    key: 'entityPrecision',
    label: 'Entity precision',
    higherIsBetter: true,
    range: share,
    description:
      'Share of the predicted names that are right in both ends and type, as seqeval and conlleval count.',
  },
  {
    key: 'entityRecall',
    label: 'Entity recall',
    higherIsBetter: true,
    range: share,
    description:
      'Share of the true names that were found in both ends and type, as seqeval and conlleval count.',
  },
  {
    key: 'entityF1',
    label: 'Entity F1',
    higherIsBetter: true,
    range: share,
    description:
      'Harmonic mean of entity precision and recall over all types, as seqeval and conlleval count.',
  },
  {
    key: 'bleu',
    label: 'BLEU',
    higherIsBetter: true,
    range: share,
    description:
      'Corpus BLEU in 0-1: E2E by the challenge’s pymteval, WebNLG by multi-bleu.perl, whose print is 100 times this.',
  },
  {
    key: 'nist',
    label: 'NIST',
    higherIsBetter: true,
    range: [0, null],
    description:
      'Matching n-grams weighted by how rare they are, as the E2E challenge’s pymteval counts them.',
  },
  {
    key: 'meteorExactStem',
    label: 'METEOR (exact + stem)',
    higherIsBetter: true,
    range: share,
    description:
      'METEOR 1.5 (-l en -norm) with its exact and stem stages alone: its WordNet and paraphrase tables are not carried, so official scores are higher.',
  },
  {
    key: 'rougeL',
    label: 'ROUGE-L',
    higherIsBetter: true,
    range: share,
    description: 'Longest common subsequence, recall weighted by β = 1.2, as coco-caption counts it for E2E.',
  },
  {
    key: 'cider',
    label: 'CIDEr',
    higherIsBetter: true,
    range: [0, 10],
    description: 'Cosine of TF-IDF n-grams times 10 (CIDEr-D), as coco-caption counts it for E2E.',
  },
  {
    key: 'ter',
    label: 'TER',
    higherIsBetter: false,
    range: [0, null],
    description:
      'Edits and shifts per reference word, best reference, mean over texts, as GenerationEval’s pyter.',
  },
  {
    key: 'loss',
    label: 'Loss',
    higherIsBetter: false,
    range: [0, null],
    description: 'Mean loss that training lowers: cross-entropy in nats, or squared error for a regression.',
  },
];

/** By key. */
export const metrics: Readonly<Record<string, MetricInfo>> = Object.fromEntries(
  entries.map((entry) => [entry.key, entry]),
);

/** @throws Error naming the keys there are. */
export function metricInfo(key: string): MetricInfo {
  const info = Object.hasOwn(metrics, key) ? metrics[key] : undefined;
  if (!info)
    throw new Error(`There is no metric "${key}"; the metrics are ${Object.keys(metrics).join(', ')}.`);
  return info;
}
