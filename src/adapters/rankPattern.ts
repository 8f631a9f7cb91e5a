/** Ranks per layer as a value: the short names of the page ↔ PEFT's `rank_pattern` keyed by full module name. */
import type { LayerName, LayerRank } from '../telemetry/events';

/** How each family calls the projection: GPT-2's are the parts of one fused `c_attn`. Keys have layers in imported adapters alone. */
const moduleNames = {
  roberta: (block: string, projection: string) =>
    `roberta.encoder.layer.${block}.attention.self.${projection}`,
  gpt2: (block: string, projection: string) => `transformer.h.${block}.attn.c_attn.${projection}`,
} as const;

type Family = keyof typeof moduleNames;

const MODULE =
  /^(?:roberta\.encoder\.layer\.(\d+)\.attention\.self|transformer\.h\.(\d+)\.attn\.c_attn)\.(query|key|value)$/;
const LAYER = /^(\d+)\.(query|key|value)$/;

/** `0.query` → `roberta.encoder.layer.0.attention.self.query`, or `transformer.h.0.attn.c_attn.query`. @throws Error where it is no such layer. */
export function moduleOfLayer(layer: LayerName, family: Family = 'roberta'): string {
  const match = LAYER.exec(layer);
  if (!match) throw new Error(`"${layer}" is no LoRA layer; expected e.g. "0.query" or "11.value".`);
  return moduleNames[family](match[1] as string, match[2] as string);
}

/** `roberta.encoder.layer.0.attention.self.query` → `0.query`; undefined for any other module. */
export function layerOfModule(module: string): LayerName | undefined {
  const match = MODULE.exec(module);
  return match ? `${match[1] ?? match[2]}.${match[3]}` : undefined;
}

/** Block by block, query before value: the order of the heatmap and of `rank_pattern`. */
export function compareLayers(a: LayerName, b: LayerName): number {
  return Number.parseInt(a, 10) - Number.parseInt(b, 10) || (a < b ? -1 : a > b ? 1 : 0);
}

/** PEFT's `rank_pattern`. Layers of rank 0 are left out: PEFT refuses r = 0, they simply get no adapter. */
export function rankPatternOf(
  ranks: readonly LayerRank[],
  family: Family = 'roberta',
): Record<string, number> {
  const pattern: Record<string, number> = {};
  for (const { layer, rank } of ranks) {
    if (rank === 0) continue;
    const module = moduleOfLayer(layer, family);
    // PEFT sees GPT-2's query, key and value as one fused module, whose rank is the sum of all.
    const key = family === 'gpt2' ? module.replace(/\.(query|key|value)$/, '') : module;
    pattern[key] = (pattern[key] ?? 0) + rank;
  }
  return pattern;
}
