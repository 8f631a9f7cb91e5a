/** Totals, bounds, order and distribution of the ranks that learned ones are held against. */
import { describe, expect, it } from 'vitest';
import type { LayerRank } from '../telemetry/events';
import { drawRanks, type RankDraw } from './rankDraws';

const ranksOf = (...ranks: number[]): LayerRank[] =>
  ranks.map((rank, i) => ({ layer: `${i >> 1}.${i % 2 ? 'value' : 'query'}`, rank }));
const drawn = (draw: RankDraw, learned: LayerRank[], k: number, seed: number, key = 'sst2/x/seed-1') =>
  drawRanks(draw, learned, k, { seed, key }).map(({ rank }) => rank);
const sumOf = (ranks: number[]) => ranks.reduce((sum, rank) => sum + rank, 0);

describe('drawRanks', () => {
  const learned = ranksOf(8, 1, 5, 3, 2, 6, 4, 1);

  it('deals the learned ranks out anew, each order as likely', () => {
    const seeds = Array.from({ length: 4000 }, (_, i) => i);
    const at = new Map<number, number>();
    for (const seed of seeds) {
      const ranks = drawn('permuted', learned, 8, seed);
      expect([...ranks].sort()).toEqual([1, 1, 2, 3, 4, 5, 6, 8]);
      // Where the one 8 went.
      at.set(ranks.indexOf(8), (at.get(ranks.indexOf(8)) ?? 0) + 1);
    }
    // 500 each, sd 21.
    for (let place = 0; place < 8; place++) expect(Math.abs((at.get(place) ?? 0) - 500)).toBeLessThan(95);
  });

  it('draws each vector of the total with the same chance, none above k', () => {
    // Three layers, 0 … 2, total 3: seven vectors, 1 1 1 and the orders of 0 1 2.
    const counts = new Map<string, number>();
    for (let seed = 0; seed < 7000; seed++) {
      const key = drawn('random', ranksOf(1, 1, 1), 2, seed).join('');
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    expect([...counts.keys()].sort()).toEqual(['012', '021', '102', '111', '120', '201', '210']);
    // 1,000 each, sd 29.
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(130);
  });

  it('keeps the total at any size, also where there is one vector alone', () => {
    const deep = ranksOf(...Array.from({ length: 24 }, (_, i) => (i * 5) % 9));
    for (let seed = 0; seed < 50; seed++) {
      const ranks = drawn('random', deep, 8, seed);
      expect(sumOf(ranks)).toBe(sumOf(deep.map(({ rank }) => rank)));
      expect(Math.max(...ranks)).toBeLessThanOrEqual(8);
      expect(Math.min(...ranks)).toBeGreaterThanOrEqual(0);
    }
    expect(drawn('random', ranksOf(8, 8, 8), 8, 1)).toEqual([8, 8, 8]);
    expect(drawn('random', ranksOf(0, 0), 8, 1)).toEqual([0, 0]);
    expect(() => drawn('random', ranksOf(9, 9), 8, 1)).toThrow(
      'No ranks from 0 to 8 of 2 layers have the total 18',
    );
  });

  it('takes the nearest uniform rank, 1 at least', () => {
    expect(drawn('uniform', learned, 8, 1)).toEqual(Array(8).fill(4));
    expect(drawn('uniform', ranksOf(1, 0, 0, 0), 8, 1)).toEqual([1, 1, 1, 1]);
  });

  it('is the same for a seed and a key, and another for others', () => {
    const deep = ranksOf(...Array.from({ length: 24 }, (_, i) => i % 9));
    for (const draw of ['permuted', 'random'] as const) {
      expect(drawn(draw, deep, 8, 1)).toEqual(drawn(draw, deep, 8, 1));
      expect(drawn(draw, deep, 8, 1)).not.toEqual(drawn(draw, deep, 8, 2));
      expect(drawn(draw, deep, 8, 1)).not.toEqual(drawn(draw, deep, 8, 1, 'cola/x/seed-1'));
    }
  });
});
