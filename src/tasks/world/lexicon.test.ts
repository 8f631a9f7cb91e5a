import { describe, expect, it } from 'vitest';
import { domains } from './domains';
import {
  attitudeVerbs,
  generalAdjectives,
  qualityAdjectives,
  tooToVerbs,
  verdictNouns,
  withoutMore,
  workEffectVerbs,
} from './lexicon';

describe('lexicon', () => {
  const adjectiveLists = [generalAdjectives, ...Object.values(qualityAdjectives)];

  it('has as many words for as against, and none on both sides', () => {
    for (const { positive, negative } of [
      ...adjectiveLists,
      verdictNouns,
      attitudeVerbs,
      tooToVerbs,
      workEffectVerbs,
    ]) {
      expect(positive).toHaveLength(negative.length);
    }
    const positive = adjectiveLists.flatMap((list) => list.positive);
    const negative = adjectiveLists.flatMap((list) => list.negative);
    expect(positive.filter((word) => negative.includes(word))).toEqual([]);
    expect(new Set(positive).size).toBe(positive.length);
    expect(new Set(negative).size).toBe(negative.length);
  });

  it('leaves adjectives that take "more" in every list', () => {
    for (const list of adjectiveLists) {
      for (const words of [list.positive, list.negative]) {
        expect(words.filter((word) => !withoutMore.has(word)).length).toBeGreaterThan(0);
      }
    }
    const all = new Set(adjectiveLists.flatMap((list) => [...list.positive, ...list.negative]));
    expect([...withoutMore].filter((word) => !all.has(word))).toEqual([]);
  });

  it('gives every domain aspects with different nouns, at least two of them singular', () => {
    for (const { aspects } of domains) {
      expect(new Set(aspects.map((aspect) => aspect.noun)).size).toBe(aspects.length);
      expect(aspects.filter((aspect) => !aspect.plural).length).toBeGreaterThanOrEqual(2);
    }
  });
});
