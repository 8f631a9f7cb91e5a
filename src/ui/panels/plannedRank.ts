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
export function plannedRank({ method, adapter, adalora, sora }: ExperimentConfig): PlannedRank | undefined {
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
  if (method === 'lora' && adapter.rankPattern.trim() !== '')
    return { ranks: open, most: adapter.rank, said: `ranks by layer: ${adapter.rankPattern}` };
  return { ranks: () => adapter.rank, most: adapter.rank, said: `rank ${adapter.rank} everywhere` };
}
