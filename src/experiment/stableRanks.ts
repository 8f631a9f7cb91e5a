/** When the ranks of a search stand still (`search.stopWhenStable`), looked at with every report. */

/** Thresholded ranks as they were at every report from step `since` to step `until`. */
export interface StableRanks {
  ranks: number[];
  since: number;
  until: number;
}

/** What is known after the report of step `step` found these ranks. */
export function watched(before: StableRanks | undefined, ranks: number[], step: number): StableRanks {
  const isSame = before?.ranks.every((rank, i) => rank === ranks[i]);
  return { ranks, since: before && isSame ? before.since : step, until: step };
}

/** For how many steps no report saw a change. */
export const stoodStill = (stable: StableRanks | undefined): number =>
  stable ? stable.until - stable.since : 0;
