import { describe, expect, it } from 'vitest';
import { RandomStream } from '../../random/stream';
import { drawThing } from './clauses';
import { domains } from './domains';
import { generalAdjectives, qualityAdjectives } from './lexicon';
import { drawNotes } from './notes';

describe('drawNotes', () => {
  const lists = [generalAdjectives, ...Object.values(qualityAdjectives)];
  const positive = lists.flatMap((list) => list.positive);
  const negative = lists.flatMap((list) => list.negative);
  const turning = /\b(?:not|not at all|hardly|scarcely|far from|by no means|in no way)$/;

  it('makes remarks of one polarity, operators applied, and concludes likewise', () => {
    const random = new RandomStream(29);
    let turned = 0;
    for (let i = 0; i < 3000; i++) {
      const line = drawNotes(random, drawThing(random, random.pick(domains)), i % 2 === 0 ? 1 : -1);
      expect(line).toMatch(/^[A-Z].*\.$/);
      if (i % 2 === 0) expect(line).not.toMatch(/hated|One star|one star|\bdown\b|stay away|Avoid/);
      else expect(line).not.toMatch(/loved it|Loved|five stars|Five stars|\bup\b|Recommended/);
      for (const remark of line.replace(/^.*: |\..*$/g, '').split(', ')) {
        const words = remark.split(' ');
        const adjective = words.at(-1) as string;
        const before = words.slice(1, -1).join(' ');
        const sign = positive.includes(adjective) ? 1 : negative.includes(adjective) ? -1 : 0;
        if (sign === 0 || !turning.test(before)) continue;
        turned += 1;
        expect(sign, line).toBe(i % 2 === 0 ? -1 : 1);
      }
    }
    expect(turned).toBeGreaterThan(500);
  });
});
