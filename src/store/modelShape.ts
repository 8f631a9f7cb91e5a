/** The shape of a model before it is loaded, from its config.json: how large the heatmap will be. */
export interface ModelShape {
  /** Transformer blocks; each has a query and a value projection, so twice as many LoRA layers. */
  blocks: number;
  /** Width of the model, d. */
  hidden: number;
  heads: number;
  vocabulary: number;
}

/** Reads the shape out of a Hugging Face config.json; undefined where it is none. */
export function modelShapeOf(configJson: unknown): ModelShape | undefined {
  if (typeof configJson !== 'object' || configJson === null) return undefined;
  const config = configJson as Record<string, unknown>;
  const at = (key: string) => (Number.isInteger(config[key]) ? (config[key] as number) : 0);
  const blocks = at('num_hidden_layers');
  if (blocks < 1) return undefined;
  return {
    blocks,
    hidden: at('hidden_size'),
    heads: at('num_attention_heads'),
    vocabulary: at('vocab_size'),
  };
}

/** Names of the LoRA layers of a model with so many blocks, in the heatmap's order. */
export function layerNames(blocks: number): string[] {
  return Array.from({ length: blocks }, (_, block) => [`${block}.query`, `${block}.value`]).flat();
}

/** Fetches the embedded model's config.json, beside the page; undefined where it is not there. */
export async function fetchModelShape(name: string): Promise<ModelShape | undefined> {
  try {
    const response = await fetch(new URL(`models/${encodeURIComponent(name)}/config.json`, document.baseURI));
    return response.ok ? modelShapeOf(await response.json()) : undefined;
  } catch {
    return undefined;
  }
}
