/** E2E: a record of a restaurant, said in English. */
import type { GenerationTask } from './task';

export const e2eTask: GenerationTask = {
  name: 'e2e',
  title: 'E2E',
  description:
    'Say the record of a restaurant in English. Scored by BLEU, NIST, METEOR (exact and stem), ROUGE-L and CIDEr.',
  kind: 'generation',
  labels: [],
  primaryMetric: 'bleu',
  embedded: { trainSize: 1000, devSize: 250 },
  files:
    'trainset.csv and devset.csv of the E2E challenge (mr, ref), or the lines "name : … | Type : …||text" that LoRA made of them.',
  generate: async (split) => (await import('./embedded/e2e')).generateE2e(split),
  parse: async (content, fileName) => (await import('./formats/e2e')).parseE2e(content, fileName),
  score: async (predictions, references) =>
    (await import('../metrics/generation')).e2eMetrics(predictions, references),
};
