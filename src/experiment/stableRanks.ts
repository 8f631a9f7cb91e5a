/** When the ranks of a search stand still (`search.stopWhenStable`), looked at with every report. */
import { ranksOf } from '../adapters/rankRule';
import type { ExperimentConfig } from '../config/experiment';
import type { LayerSelection } from '../telemetry/events';

/** Thresholded ranks that every report from step `since` to step `until` found, or found nearly. */
export interface StableRanks {
  ranks: number[];
  since: number;
  until: number;
  /** Reports after the first that came after steps of β: only they could have found a change. */
  looks?: number;
}

/** Fewer looks than this show nothing, however many steps lie between them. */
const fewestLooks = 3;

/**
 * What is known after the report of step `step` found these ranks.
 * @param tolerance share of the total rank by which they may differ, layer by layer, from those of step `since`: a component at
 *   the threshold comes and goes for ever
 */
export function watched(
  before: StableRanks | undefined,
  ranks: number[],
  step: number,
  tolerance: number,
): StableRanks {
  if (before) {
    const total = before.ranks.reduce((sum, rank) => sum + rank, 0);
    const changed = ranks.reduce((sum, rank, i) => sum + Math.abs(rank - (before.ranks[i] as number)), 0);
    if (changed <= tolerance * total) return { ...before, until: step, looks: (before.looks ?? 0) + 1 };
  }
  return { ranks, since: step, until: step, looks: 0 };
}

/** For how many steps no report saw a change that counts; 0 before enough of them looked. */
export const stoodStill = (stable: StableRanks | undefined): number =>
  stable && (stable.looks ?? 0) >= fewestLooks ? stable.until - stable.since : 0;

/** What is known after a report of step `step`; nothing new where a search is not to stop by itself. */
export function watchRanks(
  before: StableRanks | undefined,
  layers: readonly LayerSelection[],
  step: number,
  { search, adapter }: ExperimentConfig,
): StableRanks | undefined {
  if (search.stopWhenStable === 0) return before;
  const betas = layers.map(({ beta }) => beta);
  const ranks = ranksOf(betas, adapter.selection, adapter.rankRule, adapter.rank).map(({ rank }) => rank);
  return watched(before, ranks, step, search.stableTolerance);
}
