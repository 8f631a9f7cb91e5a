/** WebNLG: a set of triples from DBpedia, said in English. */
import type { GenerationTask } from './task';

export const webnlgTask: GenerationTask = {
  name: 'webnlg',
  title: 'WebNLG',
  description:
    'Say a set of subject, predicate, object triples in English. Scored by BLEU, METEOR (exact and stem) and TER.',
  kind: 'generation',
  labels: [],
  primaryMetric: 'bleu',
  embedded: { trainSize: 1000, devSize: 240 },
  files:
    'the XML files of the WebNLG challenge (one or several), JSON lines of triples and lex, or the JSON that LoRA uses.',
  generate: async (split) => (await import('./embedded/webnlg')).generateWebnlg(split),
  parse: async (content, fileName) => (await import('./formats/webnlg')).parseWebnlg(content, fileName),
  score: async (predictions, references) =>
    (await import('../metrics/generation')).webnlgMetrics(predictions, references),
};
