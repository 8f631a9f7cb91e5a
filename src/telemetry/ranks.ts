/** Ranks of a run's layers. */

/** Of all layers together. */
export const totalRank = (ranks: readonly { rank: number }[]): number =>
  ranks.reduce((total, { rank }) => total + rank, 0);
