/** Low-rank layers and their selection variables. */
import { z } from 'zod';
import { choice, integer, real, text } from '../fieldBuilders';
import { largestRank } from '../largestRank';

export const adapter = z.object({
  rank: integer(8, 1, largestRank, {
    label: 'Rank k at search',
    reason: 'Rank-1 components per layer that compete; the paper uses 8.',
    group: 'adapter',
  }),
  loraAlpha: real(16, 0.01, 1024, {
    label: 'lora_alpha',
    reason: 'The update is scaled by lora_alpha / rank.',
    group: 'adapter',
  }),
  selection: choice(['softmax', 'none', 'sigmoid'], 'softmax', {
    label: 'Selection weights',
    reason: 'softmax is AutoLoRA; none and sigmoid are the ablations of Table 4.',
    group: 'adapter',
  }),
  rankRule: choice(['threshold', 'raw-mean'], 'threshold', {
    label: 'Rank rule',
    reason:
      'threshold keeps a ≥ 1/k (softmax); raw-mean is what the released GLUE code does, and keeps more.',
    group: 'adapter',
  }),
  rankPattern: text('', {
    label: 'LoRA ranks by layer',
    reason:
      'Ranks of plain LoRA where they are not one everywhere: query=4, value=8, 0.query=2; a later entry wins.',
    // Not the group of the presets: it says what LoRA beside AutoLoRA looks like.
    group: 'baseline',
    // A rank for query, key and value of each of 48 blocks.
    longest: 2000,
    advanced: true,
  }),
  from: text('', {
    label: 'Start from adapter',
    reason:
      'A PEFT adapter (LoRA, rsLoRA, DoRA or AdaLoRA) that is evaluated or trained on; empty starts fresh. A folder on the command line.',
    // Chosen as files are, not typed.
    group: 'model',
  }),
  dropout: real(0, 0, 0.9, {
    label: 'LoRA dropout',
    reason: 'On the input of the low-rank branch.',
    group: 'adapter',
    advanced: true,
  }),
});
