/** The shape of a model before it is loaded, from its config.json: how large the heatmap will be, and what it can do. */
import type { HubModelShape } from '../../hub/modelShape';
import type { ChosenFiles } from '../runs/runRecord';

export interface ModelShape {
  /** RoBERTa reads texts, GPT-2 writes them; undefined for a type that this program does not know. */
  family?: 'roberta' | 'gpt2';
  /** Transformer blocks; each has a query and a value projection, so twice as many LoRA layers. */
  blocks: number;
  /** Width of the model, d. */
  hidden: number;
  heads: number;
  vocabulary: number;
}

/** Reads the shape out of a Hugging Face config.json; undefined where it is none. */
function modelShapeOf(configJson: unknown): ModelShape | undefined {
  if (typeof configJson !== 'object' || configJson === null) return undefined;
  const config = configJson as Record<string, unknown>;
  const at = (...keys: string[]) =>
    keys.map((key) => config[key]).find(Number.isInteger) as number | undefined;
  const blocks = at('num_hidden_layers', 'n_layer') ?? 0;
  if (blocks < 1) return undefined;
  const type = config.model_type;
  return {
    family: type === 'gpt2' ? 'gpt2' : type === 'roberta' ? 'roberta' : undefined,
    blocks,
    hidden: at('hidden_size', 'n_embd') ?? 0,
    heads: at('num_attention_heads', 'n_head') ?? 0,
    vocabulary: at('vocab_size') ?? 0,
  };
}

export const configFileOf = ({ model }: ChosenFiles) =>
  model?.files.find(({ name }) => name === 'config.json');

/** Of a checkpoint folder; undefined where its configuration cannot be read: loading names the fault. */
export async function shapeOfFiles(files: ChosenFiles): Promise<ModelShape | undefined> {
  try {
    const config = configFileOf(files);
    return config && modelShapeOf(JSON.parse(await config.blob.text()));
  } catch {
    return undefined;
  }
}

export const shapeOfHub = ({ family, layers, hiddenSize, heads, vocabSize }: HubModelShape): ModelShape => ({
  family,
  blocks: layers,
  hidden: hiddenSize,
  heads,
  vocabulary: vocabSize,
});

/** Names of the LoRA layers of a model with so many blocks, of 4 while its shape is not known, in the heatmap's order. */
export function layerNames(blocks = 4): string[] {
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
