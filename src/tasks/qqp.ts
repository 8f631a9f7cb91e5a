/** QQP: do two questions ask the same? */
import type { SequenceTask } from './task';

const labels = ['not_duplicate', 'duplicate'];

export const qqpTask: SequenceTask = {
  name: 'qqp',
  title: 'QQP',
  description: 'Do two questions ask the same? Scored by accuracy and F1.',
  kind: 'classification',
  labels,
  primaryMetric: 'accuracy',
  embedded: { trainSize: 1600, devSize: 480 },
  files: 'train.tsv and dev.tsv from GLUE’s QQP folder: three ids, two questions, is_duplicate.',
  generate: async (split) => (await import('./embedded/qqp')).generateQqp(split),
  parse: async (content, fileName) => (await import('./formats/glue')).parseGlue('qqp', content, fileName),
  score: async (predictions, gold) =>
    (await import('../metrics/classification')).classificationMetrics(predictions, gold, labels.length),
};
