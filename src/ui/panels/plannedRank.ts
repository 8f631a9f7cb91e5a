/** What is known of a single-level method's ranks before it has trained. */
import type { ExperimentConfig } from '../../config/experiment';

export interface PlannedRank {
  /** Rank of a layer; undefined where only training, or a pattern, decides. */
  ranks(layer: string): number | undefined;
  /** Largest that a layer can have. */
  most: number;
  /** In words. */
  said: string;
}

/** Undefined for a method without ranks. */
export function plannedRank(config: ExperimentConfig): PlannedRank | undefined {
  const { method, adapter, baseline, adalora, sora } = config;
  const open = () => undefined;
  if (method === 'adapter' || method === 'full') return undefined;
  if (method === 'adalora')
    return {
      ranks: open,
      most: adalora.initRank,
      said: `rank ${adalora.initRank} at the start, ${adalora.targetRank} on average at the end`,
    };
  if (method === 'sora')
    return {
      ranks: open,
      most: sora.maxRank,
      said: `${sora.maxRank} gated components per layer at the start`,
    };
  // As experiment/ranks.ts decides it.
  if (adapter.from !== '') return { ranks: open, most: adapter.rank, said: 'ranks of the adapter' };
  const rank = baseline.rank || adapter.rank;
  if (adapter.rankPattern.trim() !== '')
    return { ranks: open, most: rank, said: `ranks by layer: ${adapter.rankPattern}` };
  return { ranks: () => rank, most: rank, said: `rank ${rank} everywhere` };
}
