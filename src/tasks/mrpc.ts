/** MRPC: do two sentences say the same? */
import type { SequenceTask } from './task';

const labels = ['not_equivalent', 'equivalent'];

export const mrpcTask: SequenceTask = {
  name: 'mrpc',
  title: 'MRPC',
  description: 'Do two sentences from the news say the same? Scored by accuracy and F1.',
  kind: 'classification',
  labels,
  primaryMetric: 'accuracy',
  embedded: { trainSize: 1600, devSize: 480 },
  files:
    'train.tsv and dev.tsv from GLUE’s MRPC folder, or msr_paraphrase_train.txt: Quality, two ids, two strings.',
  generate: async (split) => (await import('./embedded/mrpc')).generateMrpc(split),
  parse: async (content, fileName) => (await import('./formats/glue')).parseGlue('mrpc', content, fileName),
  score: async (predictions, gold) =>
    (await import('../metrics/classification')).classificationMetrics(predictions, gold, labels.length),
};
