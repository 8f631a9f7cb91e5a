import { describe, expect, it } from 'vitest';
import { RandomStream } from '../../random/stream';
import { type Frame, toldRoles } from './frames';
import { entails, matchedPair, type Relation, sameOrNearMiss } from './matched';

const frame = (act: string, values: Frame['values']): Frame => ({ act, values });

describe('entails', () => {
  const fact = frame('give', {
    agent: 'Anna',
    other: 'Paul',
    noun: 'lamp',
    colour: 'red',
    time: 'on Monday',
  });

  it('lets details go, and who or what', () => {
    expect(entails(fact, frame('give', { agent: 'Anna', other: 'Paul', noun: 'lamp' }))).toBe(true);
    expect(entails(fact, frame('give', { agent: 'Anna', noun: 'lamp', colour: 'red' }))).toBe(true);
  });

  it('adds nothing, changes nothing and keeps roles, acts and numbers', () => {
    const claims = [
      frame('give', { ...fact.values, place: 'in Oslo' }),
      frame('give', { ...fact.values, colour: 'blue' }),
      frame('give', { ...fact.values, agent: 'Paul', other: 'Anna' }),
      frame('give', { ...fact.values, number: 'two' }),
      frame('sell', fact.values),
    ];
    for (const claim of claims) expect(entails(fact, claim)).toBe(false);
  });

  it('knows that meeting is mutual', () => {
    const met = frame('meet', { agent: 'Anna', other: 'Paul' });
    expect(entails(met, frame('meet', { agent: 'Paul', other: 'Anna' }))).toBe(true);
    expect(entails(met, frame('meet', { agent: 'Paul' }))).toBe(true);
    expect(entails(met, frame('meet', { agent: 'Ida' }))).toBe(false);
  });
});

const drawn = (relation: Relation) => {
  const random = new RandomStream(5);
  return Array.from({ length: 4000 }, () => matchedPair(random, relation, 0.4, [2, 3])).filter(
    (pair) => pair !== undefined,
  );
};

describe('matchedPair', () => {
  it('draws what follows', () => {
    for (const { first, second } of drawn('follows')) expect(entails(first, second)).toBe(true);
  });

  it('draws what is open: all but one role is known, and nothing speaks against it', () => {
    for (const { first, second, role } of drawn('open')) {
      expect(entails(first, second)).toBe(false);
      expect(first.values[role]).toBeUndefined();
      expect(second.values[role]).toBeDefined();
      expect(first.act).toBe(second.act);
      for (const told of toldRoles(second).filter((r) => r !== role))
        expect(first.values[told]).toBe(second.values[told]);
    }
  });

  it('draws what is excluded: another value, roles changed over, or the opposite act', () => {
    for (const { first, second } of drawn('excluded')) {
      expect(entails(first, second)).toBe(false);
      const differing = toldRoles(second).filter((role) => first.values[role] !== second.values[role]);
      if (first.act !== second.act) expect(differing).toEqual([]);
      else expect(differing.length).toBeGreaterThan(0);
    }
  });

  it('gives no relation away by the second frame', () => {
    const counts = (['follows', 'open', 'excluded'] as const).map((relation) => {
      const pairs = drawn(relation);
      const share = (has: (told: Frame) => boolean) =>
        pairs.filter(({ second }) => has(second)).length / pairs.length;
      return [
        share((told) => told.values.colour !== undefined),
        share((told) => told.values.place !== undefined),
        share((told) => told.values.agent === undefined),
        share((told) => told.act === 'give'),
      ];
    });
    for (let i = 0; i < 4; i++) {
      const shares = counts.map((row) => row[i] as number);
      expect(Math.max(...shares) - Math.min(...shares)).toBeLessThan(0.05);
    }
  });
});

describe('sameOrNearMiss', () => {
  it('differs where it shall, and tells equally much', () => {
    const random = new RandomStream(6);
    for (let i = 0; i < 2000; i++) {
      const same = i % 2 === 0;
      const pair = sameOrNearMiss(random, same);
      if (pair === undefined) continue;
      const mutual = entails(pair.first, pair.second) && entails(pair.second, pair.first);
      expect(mutual).toBe(same);
      expect(toldRoles(pair.first)).toHaveLength(toldRoles(pair.second).length);
    }
  });
});
