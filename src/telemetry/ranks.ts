/** Ranks of a run's layers. */

/** Of all layers together. */
export const totalRank = (ranks: readonly { rank: number }[]): number =>
  ranks.reduce((total, { rank }) => total + rank, 0);

/** The one rank whose total over as many layers is nearest, at least 1, which it also is of none. */
export const nearestUniformRank = (ranks: readonly { rank: number }[]): number =>
  Math.max(1, Math.round(totalRank(ranks) / Math.max(1, ranks.length)));
