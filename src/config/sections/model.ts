/** Which model is finetuned. */
import { z } from 'zod';
import { choice, flag, integer, text } from '../fieldBuilders';
import { sources } from '../sources';

export const model = z.object({
  source: choice(sources, 'embedded', {
    label: 'Model source',
    reason:
      'The embedded models need no download; files take a checkpoint folder of your own, hub one from the Hugging Face Hub.',
    group: 'model',
  }),
  name: text('roberta-quick', {
    label: 'Model',
    reason: 'Name of the embedded model, folder of your checkpoint (command line), or owner/name on the Hub.',
    group: 'model',
  }),
  revision: text('main', {
    label: 'Model revision',
    reason: 'Branch, tag or commit on the Hub; a commit pins the run to exactly these weights.',
    group: 'model',
    advanced: true,
  }),
  pretrained: flag(true, {
    label: 'Pretrained weights',
    reason: 'Off draws random weights of the same shape: what is left is what pretraining did not give.',
    group: 'model',
    advanced: true,
  }),
  maxLength: integer(32, 4, 512, {
    label: 'Longest input',
    reason: 'Tokens per example, longer ones are truncated; attention costs its square.',
    group: 'model',
  }),
});
