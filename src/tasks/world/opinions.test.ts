import { describe, expect, it } from 'vitest';
import { RandomStream } from '../../random/stream';
import { generalAdjectives, qualityAdjectives } from './lexicon';
import { type Construction, drawOpinion, type Opinion, type OpinionMix } from './opinions';

const plainMix = (construction: Construction): OpinionMix => ({
  constructions: {
    single: 0,
    agreement: 0,
    contrast: 0,
    reported: 0,
    expectation: 0,
    weighed: 0,
    [construction]: 1,
  },
  single: { plain: 1 },
  inner: { plain: 1 },
  opening: 0,
});

function opinions(construction: Construction, count: number): Opinion[] {
  const random = new RandomStream(11);
  return Array.from({ length: count }, (_, i) =>
    drawOpinion(random, i % 2 === 0 ? 1 : -1, plainMix(construction)),
  );
}

const lists = [generalAdjectives, ...Object.values(qualityAdjectives)];
const positive = new Set(lists.flatMap((list) => list.positive));
const negative = new Set(lists.flatMap((list) => list.negative));
const signOf = (word = '') => (positive.has(word) ? 1 : negative.has(word) ? -1 : 0);

/** Applies a hand-written reading to every opinion that it fits. */
function check(construction: Construction, pattern: RegExp, sign: 1 | -1) {
  const found = opinions(construction, 8000).flatMap((opinion) => {
    const own = signOf(pattern.exec(opinion.text)?.[1]);
    return own === 0 ? [] : [{ opinion, own }];
  });
  expect(found.length).toBeGreaterThan(5);
  for (const { opinion, own } of found) expect(own * sign, opinion.text).toBe(opinion.polarity);
}

describe('drawOpinion', () => {
  it.each([
    ['contrast', /^(?:Although|Though|Even though|While) .*, the \w+ (?:was|were|is|are) (\w+)\.$/, 1],
    ['contrast', /, but the \w+ (?:was|were|is|are) (\w+)\.$/, 1],
    ['contrast', /^The \w+ (?:was|were|is|are) (\w+), (?:but|yet) /, -1],
    ['contrast', /^The \w+ (?:was|were|is|are) (\w+), (?:although|even though|despite|in spite)/, 1],
    ['contrast', /^Despite the (\w+) \w+, /, -1],
    ['contrast', /\. However, the \w+ (?:was|were|is|are) (\w+)\.$/, 1],
    ['agreement', /^The \w+ (?:was|were|is|are) (\w+), and /, 1],
    [
      'reported',
      /called the [\w ]+ (\w+), but (?:I disagree|she was wrong|they were wrong|he was wrong)\.$/,
      -1,
    ],
    ['reported', /called the [\w ]+ (\w+), and (?:I agree|she was right|they were right|he was right)\.$/, 1],
    [
      'reported',
      /called the [\w ]+ (\w+), and (?:she|he|they) (?:wasn't|was not|weren't|were not) wrong\.$/,
      1,
    ],
    ['expectation', /^I had been promised an? (\w+) \w+, and that is what I got\.$/, 1],
    ['expectation', /^I had been promised an? (\w+) \w+, but that (?:is not|isn't) what I got\.$/, -1],
    ['expectation', /got an? (\w+) one\.$/, 1],
  ] as const)('%s: %s reads as %d times its adjective', (construction, pattern, sign) =>
    check(construction, pattern, sign),
  );

  it('weighs by the aspect that is said to matter', () => {
    let read = 0;
    for (const { text, polarity } of opinions('weighed', 4000)) {
      const [, one, a, two, b, deciding] =
        /^The (\w+) (?:was|is) (\w+), the (\w+) (?:was|is) (\w+).* the (\w+) (?:mattered|matters) more than/.exec(
          text,
        ) ?? [];
      const word = deciding === one ? a : deciding === two ? b : undefined;
      if (signOf(word) === 0) continue;
      read += 1;
      expect(signOf(word), text).toBe(polarity);
    }
    expect(read).toBeGreaterThan(20);
  });
});
