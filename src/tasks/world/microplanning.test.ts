import { describe, expect, it } from 'vitest';
import { RandomStream } from '../../random/stream';
import { type Described, type Fact, planSentences, planVerbPhrase, written } from './microplanning';

const food: Fact = { kind: 'food', before: ['French'], verb: ['serves French food'] };
const price: Fact = { kind: 'price', after: ['with low prices'], verb: ['is cheap'], tone: 1 };
const rating: Fact = { kind: 'rating', after: ['with one star'], verb: ['has one star'], tone: -1 };
const type: Fact = { kind: 'Type', head: 'pub', verb: ['is a pub'] };
const area: Fact = { kind: 'area', after: ['at sea'], front: ['at sea'], verb: ['lies at sea'] };

const texts = (thing: Described, count = 600) => {
  const random = new RandomStream(3);
  return Array.from({ length: count }, () => written(planSentences(random, thing)));
};

describe('planSentences', () => {
  const pub: Described = {
    name: 'Red Fox',
    noun: 'place',
    pronoun: 'it',
    facts: [type, food, price, rating, area],
  };
  const drawn = texts(pub);

  it('names the thing once, at first, and says every fact once', () => {
    for (const text of drawn) {
      expect(text.match(/Red Fox/g), text).toHaveLength(1);
      expect(text.split('. ')[0], text).toContain('Red Fox');
      expect(text.match(/French/g), text).toHaveLength(1);
      expect(text.match(/at sea/gi), text).toHaveLength(1);
      expect(text.match(/low prices|is cheap|and cheap/g), text).toHaveLength(1);
      expect(text.match(/one star/g), text).toHaveLength(1);
      expect(text, text).toMatch(/\bpub\b/);
    }
  });

  it('aggregates in many ways, in one to three sentences', () => {
    expect(new Set(drawn).size).toBeGreaterThan(200);
    for (const text of drawn) expect(text.split('. ').length).toBeLessThanOrEqual(3);
    for (const form of [
      /^There is/,
      /^At sea/,
      /, which /,
      /, a .*, /,
      /^The .* Red Fox/,
      /The pub/,
      /It is a /,
    ])
      expect(
        drawn.some((text) => form.test(text)),
        String(form),
      ).toBe(true);
  });

  it('joins facts that disagree by "but", others by "and"', () => {
    expect(drawn.some((text) => /is cheap but has one star|has one star but is cheap/.test(text))).toBe(true);
    expect(drawn.some((text) => /is cheap and has one star|has one star and is cheap/.test(text))).toBe(
      false,
    );
  });

  it('does not put two "with" side by side', () => {
    for (const text of drawn) expect(text).not.toMatch(/with low prices with|with one star with/);
  });

  it('says nothing about the kind of thing where it is not known', () => {
    const person: Described = { name: 'Anna Fox', pronoun: 'she', facts: [food, price] };
    for (const text of texts(person, 100)) {
      expect(text).toMatch(/^Anna Fox/);
      expect(text).not.toMatch(/there is|which|place/);
    }
  });

  it('asks for a fact', () => {
    expect(() => planSentences(new RandomStream(1), { ...pub, facts: [] })).toThrow('no fact');
  });
});

it('makes one verb phrase of several facts', () => {
  expect(planVerbPhrase(new RandomStream(1), [food, price])).toBe('serves French food and is cheap');
});
