import { describe, expect, it } from 'vitest';
import { RandomStream } from '../../random/stream';
import { aspectSubject, drawClause, drawThing, wholeSubject } from './clauses';
import { domains } from './domains';
import { generalAdjectives, type Polarity, qualityAdjectives } from './lexicon';
import type { PatternKind } from './predicates';

const kinds: PatternKind[] = ['plain', 'negation', 'affirming-negation', 'comparison', 'double-negation'];

function clauses(count: number) {
  const random = new RandomStream(3);
  return Array.from({ length: count }, (_, i) => {
    const thing = { ...drawThing(random, random.pick(domains)), tense: 'past' as const };
    const subject =
      i % 3 === 0 ? wholeSubject(thing) : aspectSubject(thing, random.pick(thing.domain.aspects));
    const polarity: Polarity = i % 2 === 0 ? 1 : -1;
    return drawClause(random, thing, subject, polarity, Object.fromEntries(kinds.map((kind) => [kind, 1])));
  });
}

describe('drawClause', () => {
  const drawn = clauses(20_000);
  const lists = [generalAdjectives, ...Object.values(qualityAdjectives)];
  const polarityOf = new Map<string, number>([
    ...lists.flatMap((list) => list.positive.map((word) => [word, 1] as const)),
    ...lists.flatMap((list) => list.negative.map((word) => [word, -1] as const)),
  ]);

  // Judged by reading, independently of the pattern table: does the clause say what its adjective says?
  it.each([
    [/^the \w+ (?:was|were) (\w+)$/, 1],
    [/^the \w+ (?:was|were) not (\w+)$/, -1],
    [/^the \w+ (?:was|were) hardly (\w+)$/, -1],
    [/^the \w+ (?:was|were) far from (\w+)$/, -1],
    [/^the \w+ (?:was|were) anything but (\w+)$/, -1],
    [/^the \w+ (?:was|were) never anything but (\w+)$/, 1],
    [/^the \w+ (?:was|were) nothing but (\w+)$/, 1],
    [/^the \w+ (?:was|were) never less than (\w+)$/, 1],
    [/^the \w+ (?:was|were) less (\w+) than I had expected$/, -1],
    [/^the \w+ (?:was|were) no less (\w+) than I had expected$/, 1],
    [/^the \w+ (?:was|were) not only (\w+) but also \w+$/, 1],
    [/^the \w+ (?:was|were) neither \w+ nor (\w+)$/, -1],
    [/^the \w+ could not have been more (\w+)$/, 1],
    [/^nobody could call the \w+ (\w+)$/, -1],
    [/^nobody could deny that the \w+ (?:was|were) (\w+)$/, 1],
    [/^it would be wrong to call the \w+ (\w+)$/, -1],
    [/^it would be wrong to say that the \w+ (?:was|were) not (\w+)$/, 1],
    [/^I doubt that anyone found the \w+ (\w+)$/, -1],
    [/^there was nothing (\w+) about the \w+$/, -1],
  ] as const)('%s has %d times the polarity of its adjective', (pattern, sign) => {
    const found = drawn.flatMap((clause) => {
      const adjective = pattern.exec(clause.text)?.[1];
      const own = adjective === undefined ? undefined : polarityOf.get(adjective);
      return own === undefined ? [] : [{ clause, own }];
    });
    expect(found.length).toBeGreaterThan(10);
    for (const { clause, own } of found) expect(own * sign, clause.text).toBe(clause.polarity);
  });

  it('agrees in number and uses nouns of judgement for things as a whole', () => {
    for (const { text, subject } of drawn) {
      expect(text).not.toMatch(/[{}]/);
      if (text.startsWith(`${subject.text} was `)) expect(subject.plural, text).toBe(false);
      if (text.startsWith(`${subject.text} were `)) expect(subject.plural, text).toBe(true);
      if (/ (?:a|an) (?:triumph|mess|joy|bore)$/.test(text)) expect(subject.whole, text).toBe(true);
    }
  });

  it('lets adjectives say little about the clause', () => {
    const plainest = drawn.filter((clause) => /\b(superb|awful)\b/.test(clause.text));
    const kept = plainest.filter((clause) => /\bsuperb\b/.test(clause.text) === (clause.polarity === 1));
    expect(kept.length / plainest.length).toBeGreaterThan(0.4);
    expect(kept.length / plainest.length).toBeLessThan(0.75);
  });
});
