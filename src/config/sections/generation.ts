/** How texts are trained and written. */
import { z } from 'zod';
import { choice, integer, real } from '../fieldBuilders';

export const generation = z.object({
  labelSmoothing: real(0, 0, 0.9, {
    label: 'Label smoothing',
    reason:
      'Share of the probability given to all tokens alike in the training loss; the LoRA authors take 0.1.',
    group: 'generation',
  }),
  decoding: choice(['greedy', 'beam', 'sample'], 'beam', {
    label: 'Decoding',
    reason: 'greedy is fastest; beam search is what the papers score; sample draws.',
    group: 'generation',
  }),
  beams: integer(4, 1, 32, {
    label: 'Beams',
    reason: 'Hypotheses kept at each step; the paper takes 10.',
    group: 'generation',
  }),
  lengthPenalty: real(0.8, -4, 4, {
    label: 'Length penalty',
    reason: 'Scores are Σ log p / length^penalty: above 0 favours longer texts.',
    group: 'generation',
    advanced: true,
  }),
  noRepeatNgram: integer(4, 0, 16, {
    label: 'No repeated n-gram',
    reason: 'No n tokens stand twice in a text; 0 allows all.',
    group: 'generation',
    advanced: true,
  }),
  maxNewTokens: integer(64, 1, 1024, {
    label: 'Longest text',
    reason: 'Tokens written at most.',
    group: 'generation',
  }),
  temperature: real(1, 0.01, 10, {
    label: 'Temperature',
    reason: 'Below 1 sharpens what is sampled, above 1 flattens it.',
    group: 'generation',
    advanced: true,
  }),
  topK: integer(0, 0, 100_000, {
    label: 'Top k',
    reason: 'Sample among the k likeliest tokens; 0 among all.',
    group: 'generation',
    advanced: true,
  }),
  topP: real(1, 0.01, 1, {
    label: 'Top p',
    reason: 'Sample among the likeliest tokens that hold this share of the probability.',
    group: 'generation',
    advanced: true,
  }),
});
