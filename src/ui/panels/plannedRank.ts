/** What is known of a single-level method's ranks before it has trained. */
import { askedRanks } from '../../config/askedRanks';
import type { ExperimentConfig } from '../../config/experiment';

export interface PlannedRank {
  /** Rank of a layer; undefined where only training decides, or a pattern that is not understood. */
  ranks(layer: string): number | undefined;
  /** Largest that a layer can have; 0 where it is not known. */
  most: number;
  /** In words. */
  said: string;
}

/** Undefined for a method without ranks. */
export function plannedRank(config: ExperimentConfig, layers: readonly string[]): PlannedRank | undefined {
  const { method, adapter, adalora, sora } = config;
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
  if (adapter.from !== '') return { ranks: open, most: adapter.rank, said: 'ranks of the adapter' };
  const ranks = understoodRanks(config, layers);
  const most = Math.max(0, ...ranks.values());
  const pattern = adapter.rankPattern.trim();
  return {
    ranks: (layer) => ranks.get(layer),
    most,
    said: pattern === '' ? `rank ${most} everywhere` : `ranks by layer: ${pattern}`,
  };
}

/** By layer; none while the pattern is not understood, as when it is being typed. */
function understoodRanks(config: ExperimentConfig, layers: readonly string[]): Map<string, number> {
  try {
    return new Map(askedRanks(config, layers).map(({ layer, rank }) => [layer, rank]));
  } catch {
    return new Map();
  }
}
