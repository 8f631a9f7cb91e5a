import { describe, expect, it } from 'vitest';
import { RandomStream } from '../../random/stream';
import { drawRestaurant, restaurantSource, slotsOf } from './restaurants';
import {
  countryOf,
  drawTriples,
  isHeldOutCombination,
  predicatesOf,
  splitOfTriples,
  tripleSource,
} from './triples';
import { drawTripleText } from './tripleTexts';

const random = new RandomStream(11);
const records = Array.from({ length: 3000 }, () => drawTriples(random));

describe('drawTriples', () => {
  it('draws one to four facts that fit their subject, in the order of its predicates', () => {
    for (const triples of records) {
      expect(triples.length).toBeGreaterThanOrEqual(1);
      expect(triples.length).toBeLessThanOrEqual(4);
      const places = triples.map(({ subject, predicate }) => predicatesOf(subject.kind).indexOf(predicate));
      expect(places).not.toContain(-1);
      const [first] = triples;
      const far = triples.findIndex(({ subject }) => subject.name !== first?.subject.name);
      const near = places.slice(0, far < 0 ? undefined : far);
      expect(near).toEqual([...near].sort((a, b) => a - b));
      if (far > 0) {
        const link = triples.slice(0, far).map(({ object }) => object);
        expect(link).toContain(triples[far]?.subject.name);
      }
    }
    for (const size of [1, 2, 3, 4]) expect(records.some(({ length }) => length === size)).toBe(true);
  });

  it('says the country of a city as it is', () => {
    for (const { subject, predicate, object } of records.flat())
      if (predicate === 'country') expect(object).toBe(countryOf[subject.name]);
  });

  it('holds out combinations of two facts or more, whole records by hash', () => {
    const combinations = new Map<string, boolean>();
    for (const triples of records) {
      const heldOut = isHeldOutCombination(triples);
      const key = triples.map(({ predicate }) => predicate).join(' ');
      expect(combinations.get(key) ?? heldOut).toBe(heldOut);
      combinations.set(key, heldOut);
      if (triples.length === 1) expect(heldOut).toBe(false);
      if (heldOut) expect(splitOfTriples(triples)).not.toBe('train');
    }
    expect([...combinations.values()].filter(Boolean).length).toBeGreaterThan(5);
  });
});

describe('drawTripleText', () => {
  const textsOf = (source: string) =>
    records
      .filter((triples) => tripleSource(triples).replace(/[A-Z]\w+ [A-Z]\w+|[A-Z]\w+/g, '_') === source)
      .map((triples) => ({ triples, text: drawTripleText(random, triples) }));

  it('says birth place and year of one person in one, where nothing is said of the place', () => {
    const texts = records
      .filter((triples) => new Set(triples.map(({ subject }) => subject.name)).size === 1)
      .filter((triples) => triples.filter(({ predicate }) => /birth/.test(predicate)).length === 2)
      .map((triples) => drawTripleText(random, triples));
    expect(texts.length).toBeGreaterThan(20);
    for (const text of texts) expect(text).toMatch(/born in [A-Z]\w+ in \d{4}/);
  });

  it('says who does what in either voice', () => {
    const texts = textsOf('_ : author : _').map(({ triples, text }) => {
      const [triple] = triples;
      return text.replace(triple?.subject.name ?? '', 'S').replace(triple?.object ?? '', 'O');
    });
    expect(texts).toContain('S was written by O.');
    expect(texts).toContain('O wrote S.');
  });

  it('refers to women and men by their pronouns', () => {
    for (const triples of records) {
      const kind = triples[0]?.subject.kind;
      const text = drawTripleText(random, triples);
      if (kind === 'woman') expect(text).not.toMatch(/\b[Hh]is\b|\bHe\b/);
      if (kind === 'man') expect(text).not.toMatch(/\b[Hh]er\b|\bShe\b/);
    }
  });
});

describe('drawRestaurant', () => {
  it('draws three to eight slots, name first, near another place', () => {
    const sizes = new Set<number>();
    for (let i = 0; i < 1000; i++) {
      const record = drawRestaurant(random);
      const slots = slotsOf(record);
      sizes.add(slots.length);
      expect(slots[0]?.[0]).toBe('name');
      expect(restaurantSource(record)).toMatch(/^name : [A-Z]\w+ [A-Z]\w+( \| [\w ]+ : [\w ]+)+$/);
      expect(record.near).not.toBe(`the ${record.name}`);
    }
    expect([...sizes].sort()).toEqual([3, 4, 5, 6, 7, 8]);
  });
});
