import { describe, expect, it } from 'vitest';
import { RandomStream } from '../../random/stream';
import { hypothesis, inferred, unrelatedTo, withGap } from './entailment';
import { drawFrame, type Frame, toldRoles } from './frames';
import { entails } from './matched';

const random = new RandomStream(9);
const facts = Array.from({ length: 2000 }, (_, i) => {
  const fact = drawFrame(random);
  return i % 2 === 0 ? fact : withGap(random, fact);
});

describe('inferred', () => {
  it('follows, is open or is ruled out', () => {
    const found = { open: 0, excluded: 0 };
    for (const fact of facts) {
      const follows = inferred(random, fact, 'entailment');
      expect(follows && entails(fact, follows)).toBe(true);

      const open = inferred(random, fact, 'neutral');
      if (open !== undefined) {
        found.open += 1;
        expect(entails(fact, open)).toBe(false);
        const conflicts = toldRoles(open).filter(
          (role) => fact.values[role] !== undefined && fact.values[role] !== open.values[role],
        );
        expect([open.act, conflicts]).toEqual([fact.act, []]);
      }

      const excluded = inferred(random, fact, 'contradiction');
      if (excluded === undefined) continue;
      found.excluded += 1;
      expect(entails(fact, excluded)).toBe(false);
    }
    // Of most facts there is one.
    expect(Math.min(found.open, found.excluded)).toBeGreaterThan(facts.length / 2);
  });
});

describe('hypothesis', () => {
  it('turns what is denied around', () => {
    const fact: Frame = { act: 'meet', values: { agent: 'Anna', other: 'Paul', place: 'in Oslo' } };
    const all = (label: 'entailment' | 'neutral' | 'contradiction', negation: number) =>
      new Set(Array.from({ length: 400 }, () => hypothesis(random, fact, label, negation)));
    expect(all('entailment', 0)).toContain('Paul and Anna met in Oslo');
    expect(all('contradiction', 1)).toContain('Anna did not meet Paul');
    expect(all('entailment', 1).size).toBeGreaterThan(1);
    for (const denial of all('entailment', 1)) {
      if (denial === undefined) continue;
      expect(denial).toMatch(/did not meet/);
      expect(denial).not.toMatch(
        /^(?:in Oslo, )?(?:Anna did not meet Paul|Paul did not meet Anna)(?: in Oslo)?$/,
      );
    }
  });
});

describe('unrelatedTo', () => {
  it('shares nobody', () => {
    for (const fact of facts) {
      const other = unrelatedTo(random, fact, () => drawFrame(random));
      for (const name of [other.values.agent, other.values.other]) {
        if (name !== undefined) expect([fact.values.agent, fact.values.other]).not.toContain(name);
      }
      if (other.values.other !== undefined) expect(other.values.other).not.toBe(other.values.agent);
    }
  });
});
