/** BioNLP (JNLPBA): the names of DNA, RNA, cell lines, cell types and proteins in abstracts. */
import type { TaggingTask } from './task';

const types = ['DNA', 'RNA', 'cell_line', 'cell_type', 'protein'];
/** In IOB2. */
const labels = ['O', ...types.flatMap((type) => [`B-${type}`, `I-${type}`])];

export const bionlpTask: TaggingTask = {
  name: 'bionlp',
  title: 'BioNLP (JNLPBA)',
  description:
    'Find the names of DNA, RNA, cell lines, cell types and proteins. Scored by precision, recall and F1 of whole names.',
  kind: 'tagging',
  labels,
  primaryMetric: 'entityF1',
  embedded: { trainSize: 1200, devSize: 300 },
  files: 'JNLPBA’s train and devel files in IOB2: a word, a tab, a tag; an empty line after each sentence.',
  generate: async (split) => (await import('./embedded/bionlp')).generateBionlp(split),
  parse: async (content, fileName) => (await import('./formats/iob')).parseIob(content, fileName, labels),
  score: async (predictions, tags) => (await import('../metrics/entities')).entityMetrics(predictions, tags),
};
