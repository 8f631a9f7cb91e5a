/** Ranks that a configuration asks for, layer by layer, and how a person writes them. */
import type { LayerName, LayerRank } from '../telemetry/events';
import type { ExperimentConfig } from './experiment';
import { largestRank } from './largestRank';
import { readsSetting } from './readSettings';

/**
 * Ranks as a person writes them: `query=4, value=8, 0.query=2`; an entry is for one layer or for a projection of every
 * block, a later one wins, and layers without an entry keep the fallback.
 * @throws Error naming the entry that is not understood, or names no layer of the model
 */
export function ranksOfShorthand(text: string, layers: readonly LayerName[], fallback: number): LayerRank[] {
  const ranks = new Map(layers.map((layer) => [layer, fallback]));
  for (const entry of text.split(',').map((part) => part.trim())) {
    if (entry === '') continue;
    const match = /^((?:\d+\.)?(?:query|value))\s*=\s*(\d+)$/.exec(entry);
    if (!match)
      throw new Error(
        `adapter.rankPattern: "${entry.slice(0, 40)}" is not understood; entries look like query=4 or 0.value=8.`,
      );
    const [, name, rank] = match as unknown as [string, string, string];
    const named = layers.filter((layer) => layer === name || layer.endsWith(`.${name}`));
    if (named.length === 0)
      throw new Error(
        `adapter.rankPattern names the layer ${name}; this model’s last one is ${layers.at(-1)}.`,
      );
    if (Number(rank) > largestRank)
      throw new Error(`adapter.rankPattern: rank ${rank} of ${name} is above ${largestRank}.`);
    for (const layer of named) ranks.set(layer, Number(rank));
  }
  if ([...ranks.values()].every((rank) => rank === 0))
    throw new Error('adapter.rankPattern leaves every layer at rank 0: there is no LoRA left to train.');
  return [...ranks].map(([layer, rank]) => ({ layer, rank }));
}

/** As `ranksOfShorthand` reads them: `0.query=2,0.value=8`. */
export const shorthandOf = (ranks: readonly LayerRank[]): string =>
  ranks.map(({ layer, rank }) => `${layer}=${rank}`).join(',');

/**
 * Ranks that are asked for by layer of a method that reads them, else one rank everywhere: the one asked for, else the fallback,
 * which is k for a method alone.
 * @throws Error where `adapter.rankPattern` is not understood
 */
export function askedRanks(
  config: ExperimentConfig,
  layers: readonly LayerName[],
  fallback = config.adapter.rank,
): LayerRank[] {
  const { adapter, baseline } = config;
  const pattern = readsSetting(config, 'adapter.rankPattern') ? adapter.rankPattern : '';
  return ranksOfShorthand(pattern, layers, baseline.rank || fallback);
}
