import { describe, expect, it } from 'vitest';
import { HeldOutTexts } from './heldOut';

describe('HeldOutTexts', () => {
  const heldOut = new HeldOutTexts(['The plot was not dull.', 'I read it. The plot was superb.']);

  it.each([
    'The plot was not dull.',
    'Loved it: the plot was not dull',
    "The plot wasn't dull, so I left happy.",
    'Yes! I read it; the plot was SUPERB. I would read it again.',
  ])('finds a text inside %j', (line) => expect(heldOut.occursIn(line)).toBe(true));

  it.each(['The plot was not dullish.', 'The plot was not', 'Read it. The plot was superb.', ''])(
    'passes %j',
    (line) => expect(heldOut.occursIn(line)).toBe(false),
  );

  it('refuses texts that are too short to be told apart', () => {
    expect(() => new HeldOutTexts(['It was.'])).toThrow('"It was." is too short');
  });
});
