/** SST-2: is a phrase from a review for or against? */
import type { SequenceTask } from './task';

const labels = ['negative', 'positive'];

export const sst2Task: SequenceTask = {
  name: 'sst2',
  title: 'SST-2',
  description: 'Is a phrase from a film review for or against?',
  kind: 'classification',
  labels,
  primaryMetric: 'accuracy',
  embedded: { trainSize: 1000, devSize: 500 },
  files: 'train.tsv and dev.tsv from GLUE’s SST-2 folder: a header, then sentence and label.',
  generate: async (split) => (await import('./embedded/sst2')).generateSst2(split),
  parse: async (content, fileName) => (await import('./formats/glue')).parseGlue('sst2', content, fileName),
  score: async (predictions, gold) =>
    (await import('../metrics/classification')).classificationMetrics(predictions, gold, labels.length),
};
