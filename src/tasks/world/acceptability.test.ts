import { describe, expect, it } from 'vitest';
import { RandomStream } from '../../random/stream';
import { drawJudged } from './acceptability';

const wordsOf = (text: string): string[] => text.toLowerCase().match(/\w+/g) ?? [];

describe('drawJudged', () => {
  const random = new RandomStream(8);
  const drawn = Array.from({ length: 4000 }, () => drawJudged(random)).filter(
    (judged) => judged !== undefined,
  );

  it('puts one small fault into a sentence', () => {
    for (const { acceptable, unacceptable } of drawn) {
      expect(unacceptable).not.toBe(acceptable);
      expect(unacceptable).toMatch(/^[A-Z][A-Za-z ,]*[.?]$/);
      const wrong = wordsOf(unacceptable);
      const lost = wordsOf(acceptable).filter((word) => !wrong.includes(word));
      expect(lost.length, `${acceptable} / ${unacceptable}`).toBeLessThanOrEqual(1);
    }
  });

  it('starts from sentences that are right', () => {
    const wrong = [
      /\ba [aeiou]/i,
      /\ban [^aeiou]/i,
      /\b(?:two|three|four|five|six|seven|eight|nine) (?:\w+ )?(?:lamp|ring|coat|chair|letter)\b/,
      /\b(?:lamp|ring|coat|chair|letter) were\b/,
      /\b(?:lamps|rings|coats|chairs|letters) was\b/,
      /^(?:Him|Her) /,
      /\bdid\b.* (?:gave|sold|lent|found|lost|broke|stole|helped|met)\b/i,
      /\bdoes\b.* (?:has|owns|lives|works)\b/i,
    ];
    for (const { acceptable } of drawn) for (const pattern of wrong) expect(acceptable).not.toMatch(pattern);
    // Each of them is a fault that is made.
    for (const pattern of wrong.slice(2))
      expect(
        drawn.some(({ unacceptable }) => pattern.test(unacceptable)),
        String(pattern),
      ).toBe(true);
  });

  it('makes faults out of forms that are right elsewhere', () => {
    const words = (texts: string[]) => new Set(texts.flatMap(wordsOf));
    const right = words(drawn.map(({ acceptable }) => acceptable));
    const made = words(drawn.map(({ unacceptable }) => unacceptable));
    expect([...made].filter((word) => !right.has(word))).toEqual([]);
  });
});
