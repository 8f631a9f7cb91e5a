import { describe, expect, it } from 'vitest';
import { RandomStream } from '../../random/stream';
import { contract, fill, normalise, pickTwo, sentence, weighted, withArticle } from './realisation';

describe('realisation', () => {
  it('fills slots in order and names the one that nothing fills', () => {
    let count = 0;
    expect(fill('{a} {b} {b}', { a: 'x', b: () => String(count++) })).toBe('x 0 1');
    expect(() => fill('{a} {z}', { a: 'x' })).toThrow('slot {z}');
  });

  it('writes articles, capitals and stops', () => {
    expect(withArticle('outstanding film')).toBe('an outstanding film');
    expect(withArticle('triumph')).toBe('a triumph');
    expect(sentence('the plot was dull')).toBe('The plot was dull.');
    expect(sentence('"Yes," said Anna.')).toBe('"Yes," said Anna.');
  });

  it('contracts, and compares texts with contractions written out', () => {
    const text = 'It was not dull; I could not help but like it, and I cannot deny it did not bore me.';
    expect(contract(text)).toBe(
      "It wasn't dull; I couldn't help but like it, and I can't deny it didn't bore me.",
    );
    expect(normalise(contract(text))).toBe(normalise(text));
    expect(normalise('Loved it: 5 stars!')).toBe('loved it 5 stars');
  });

  it('draws by weight, and two that differ', () => {
    const random = new RandomStream(1);
    const drawn = Array.from(
      { length: 3000 },
      () => weighted(random, [{ weight: 3 }, { weight: 0 }, { weight: 1 }]).weight,
    );
    expect(drawn.filter((w) => w === 3).length / 3000).toBeCloseTo(0.75, 1);
    expect(drawn).not.toContain(0);
    for (let i = 0; i < 100; i++) {
      const [a, b] = pickTwo(random, ['x', 'y', 'z']);
      expect(a).not.toBe(b);
    }
  });
});
