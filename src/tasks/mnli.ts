/** MNLI: does a hypothesis follow from a premise, is it left open, or ruled out? */
import type { SequenceTask } from './task';

const labels = ['entailment', 'neutral', 'contradiction'];

export const mnliTask: SequenceTask = {
  name: 'mnli',
  title: 'MNLI',
  description: 'Does a hypothesis follow from a premise, is it left open, or ruled out?',
  kind: 'classification',
  labels,
  primaryMetric: 'accuracy',
  embedded: { trainSize: 1800, devSize: 480 },
  files:
    'train.tsv, and dev_matched.tsv or dev_mismatched.tsv, from GLUE’s MNLI folder: gold_label stands last.',
  generate: async (split) => (await import('./embedded/mnli')).generateMnli(split),
  parse: async (content, fileName) => (await import('./formats/glue')).parseGlue('mnli', content, fileName),
  score: async (predictions, gold) =>
    (await import('../metrics/classification')).classificationMetrics(predictions, gold, labels.length),
};
