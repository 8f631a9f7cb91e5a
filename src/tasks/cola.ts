/** CoLA: is a sentence acceptable English? */
import type { SequenceTask } from './task';

const labels = ['unacceptable', 'acceptable'];

export const colaTask: SequenceTask = {
  name: 'cola',
  title: 'CoLA',
  description: 'Is a sentence acceptable English? Scored by Matthews correlation.',
  kind: 'classification',
  labels,
  primaryMetric: 'matthews',
  embedded: { trainSize: 2000, devSize: 500 },
  files: 'train.tsv and dev.tsv from GLUE’s CoLA folder: no header; source, label, star, sentence.',
  generate: async (split) => (await import('./embedded/cola')).generateCola(split),
  parse: async (content, fileName) => (await import('./formats/glue')).parseGlue('cola', content, fileName),
  score: async (predictions, gold) =>
    (await import('../metrics/classification')).classificationMetrics(predictions, gold, labels.length),
};
