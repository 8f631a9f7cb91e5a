/** Ranks to hold learned ones against: of the same total, but at other places. */
import { RandomStream } from '../random/stream';
import type { LayerRank } from '../telemetry/events';
import { nearestUniformRank, totalRank } from '../telemetry/ranks';

/**
 * - `permuted`: the learned ranks themselves, dealt to the layers in random order; every order is as likely.
 * - `random`: every vector of ranks 0 … k with the learned total is as likely.
 * - `uniform`: one rank everywhere, the nearest to the learned total, at least 1; no chance in it.
 */
export type RankDraw = 'permuted' | 'random' | 'uniform';

/**
 * @param k largest rank of a layer
 * @param key of the draw, e.g. the run's id; with the seed it decides every number
 * @throws Error where no ranks up to k have that total
 */
export function drawRanks(
  draw: RankDraw,
  learned: readonly LayerRank[],
  k: number,
  { seed, key }: { seed: number; key: string },
): LayerRank[] {
  const random = RandomStream.of(seed, 'ranks', ...[...key].map((letter) => letter.charCodeAt(0)));
  const ranks = () => {
    switch (draw) {
      case 'permuted':
        return [...random.permutation(learned.length)].map((i) => learned[i]?.rank as number);
      case 'random':
        return randomRanks(learned.length, totalRank(learned), k, random);
      case 'uniform':
        return learned.map(() => nearestUniformRank(learned));
    }
  };
  const drawn = ranks();
  return learned.map(({ layer }, i) => ({ layer, rank: drawn[i] as number }));
}

/**
 * Uniform over all lists of `layers` whole numbers 0 … k with this total: layer by layer, each number with the share of the
 * lists that begin so. Counts are doubles, right to 1e-15 where they are too large to be whole.
 */
function randomRanks(layers: number, total: number, k: number, random: RandomStream): number[] {
  if (total > layers * k || k < 0)
    throw new Error(`No ranks from 0 to ${k} of ${layers} layers have the total ${total}.`);
  // ways[l][t]: how many lists of l numbers have the total t.
  const ways: number[][] = [Array.from({ length: total + 1 }, (_, t) => (t === 0 ? 1 : 0))];
  for (let l = 1; l <= layers; l++)
    ways.push(
      Array.from({ length: total + 1 }, (_, t) => {
        let sum = 0;
        for (let rank = 0; rank <= Math.min(k, t); rank++) sum += ways[l - 1]?.[t - rank] as number;
        return sum;
      }),
    );
  let left = total;
  return Array.from({ length: layers }, (_, i) => {
    const rest = ways[layers - i - 1] as number[];
    const possible = Array.from({ length: Math.min(k, left) + 1 }, (_, rank) => rest[left - rank] as number);
    let at = random.uniform() * possible.reduce((sum, share) => sum + share, 0);
    let rank = possible.findIndex((share) => {
      at -= share;
      return at < 0;
    });
    // Rounding may leave a crumb after the last.
    if (rank < 0) rank = possible.findLastIndex((share) => share > 0);
    left -= rank;
    return rank;
  });
}
