/** RTE: does one text follow from another? */
import type { SequenceTask } from './task';

const labels = ['entailment', 'not_entailment'];

export const rteTask: SequenceTask = {
  name: 'rte',
  title: 'RTE',
  description: 'Does one text follow from another?',
  kind: 'classification',
  labels,
  primaryMetric: 'accuracy',
  embedded: { trainSize: 1600, devSize: 480 },
  files: 'train.tsv and dev.tsv from GLUE’s RTE folder: index, sentence1, sentence2, label.',
  generate: async (split) => (await import('./embedded/rte')).generateRte(split),
  parse: async (content, fileName) => (await import('./formats/glue')).parseGlue('rte', content, fileName),
  score: async (predictions, gold) =>
    (await import('../metrics/classification')).classificationMetrics(predictions, gold, labels.length),
};
