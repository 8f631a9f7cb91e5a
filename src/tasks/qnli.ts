/** QNLI: does a sentence hold the answer to a question? */
import type { SequenceTask } from './task';

const labels = ['entailment', 'not_entailment'];

export const qnliTask: SequenceTask = {
  name: 'qnli',
  title: 'QNLI',
  description: 'Does a sentence hold the answer to a question?',
  kind: 'classification',
  labels,
  primaryMetric: 'accuracy',
  embedded: { trainSize: 1600, devSize: 480 },
  files: 'train.tsv and dev.tsv from GLUE’s QNLI folder: index, question, sentence, label.',
  generate: async (split) => (await import('./embedded/qnli')).generateQnli(split),
  parse: async (content, fileName) => (await import('./formats/glue')).parseGlue('qnli', content, fileName),
  score: async (predictions, gold) =>
    (await import('../metrics/classification')).classificationMetrics(predictions, gold, labels.length),
};
