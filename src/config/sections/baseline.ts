/** LoRA beside AutoLoRA. */
import { z } from 'zod';
import { flag, integer } from '../fieldBuilders';
import { largestRank } from '../largestRank';

export const baseline = z.object({
  enabled: flag(true, {
    label: 'Train plain LoRA too',
    reason: 'Plain LoRA beside AutoLoRA on the same train set, same steps, for an honest comparison.',
    group: 'baseline',
  }),
  rank: integer(0, 0, largestRank, {
    label: 'LoRA rank',
    reason:
      '0 takes the uniform rank nearest to the learned total, so that sizes match; a method alone then has rank k.',
    group: 'baseline',
  }),
});
