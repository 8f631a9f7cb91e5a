/** STS-B: how alike in meaning are two sentences, from 0 to 5? */
import type { SequenceTask } from './task';

export const stsbTask: SequenceTask = {
  name: 'stsb',
  title: 'STS-B',
  description:
    'How alike in meaning are two sentences, from 0 to 5? Scored by Spearman and Pearson correlation.',
  kind: 'regression',
  labels: [],
  primaryMetric: 'spearman',
  embedded: { trainSize: 1800, devSize: 480 },
  files:
    'train.tsv and dev.tsv from GLUE’s STS-B folder (with a header), or sts-train.csv and sts-dev.csv of the benchmark (tab-separated, without one).',
  generate: async (split) => (await import('./embedded/stsb')).generateStsb(split),
  parse: async (content, fileName) => (await import('./formats/glue')).parseGlue('stsb', content, fileName),
  score: async (predictions, scores) =>
    (await import('../metrics/correlation')).regressionMetrics(predictions, scores),
};
