/** A model's size from its `config.json` alone: parameters, and the memory that training beside it will take. */
import { HubError } from './failure';

export interface HubModelShape {
  family: 'roberta' | 'gpt2';
  modelType: string;
  layers: number;
  hiddenSize: number;
  heads: number;
  intermediateSize: number;
  vocabSize: number;
  maxPositions: number;
  /** Of the encoder or decoder; task heads, pooler and the tied LM head are not counted. */
  parameters: number;
}

/** @throws HubError in one sentence where the model is none that this program reads. */
export function readModelShape(json: unknown, repo: string): HubModelShape {
  const source = (typeof json === 'object' && json !== null ? json : {}) as Record<string, unknown>;
  const modelType = source.model_type;
  const family = modelType === 'gpt2' ? 'gpt2' : modelType === 'roberta' ? 'roberta' : undefined;
  if (typeof modelType !== 'string' || !family)
    throw new HubError(
      'unusable',
      `${repo} is of type ${typeof modelType === 'string' ? `"${modelType}"` : 'unknown'}; this program finetunes roberta and gpt2 (XLM-R and CamemBERT have a tokenizer that it does not read).`,
    );
  const whole = (...keys: string[]): number | undefined =>
    keys
      .map((key) => source[key])
      .find((value): value is number => Number.isSafeInteger(value) && (value as number) > 0);
  const needed = (...keys: string[]): number => {
    const value = whole(...keys);
    if (value === undefined)
      throw new HubError(
        'unusable',
        `The config.json of ${repo} gives no "${keys[0]}", so its size is unknown.`,
      );
    return value;
  };
  const d = needed(...(family === 'gpt2' ? ['n_embd', 'hidden_size'] : ['hidden_size']));
  const shape = {
    family,
    modelType,
    hiddenSize: d,
    layers: needed(...(family === 'gpt2' ? ['n_layer', 'num_hidden_layers'] : ['num_hidden_layers'])),
    heads: needed(...(family === 'gpt2' ? ['n_head', 'num_attention_heads'] : ['num_attention_heads'])),
    intermediateSize:
      family === 'gpt2' ? (whole('n_inner', 'intermediate_size') ?? 4 * d) : needed('intermediate_size'),
    vocabSize: needed('vocab_size'),
    maxPositions: needed(
      ...(family === 'gpt2' ? ['n_positions', 'max_position_embeddings'] : ['max_position_embeddings']),
    ),
  } as const;
  // Query, key, value, output: 4 d² + 4 d; feed-forward: 2 d f + f + d; two LayerNorms: 4 d.
  const f = shape.intermediateSize;
  const perLayer = 4 * d * d + 4 * d + 2 * d * f + f + d + 4 * d;
  const tables =
    shape.vocabSize + shape.maxPositions + (family === 'roberta' ? (whole('type_vocab_size') ?? 1) : 0);
  // RoBERTa's LayerNorm stands after the embeddings, GPT-2's after the last block: 2 d either way.
  return { ...shape, parameters: tables * d + shape.layers * perLayer + 2 * d };
}

export interface MemoryEstimate {
  /** Frozen weights as float32. */
  weightBytes: number;
  /** What a search or training step adds: activations kept for the backward pass, and weights as its kernels take them. */
  stepBytes: number;
  totalBytes: number;
  batchSize: number;
  /** Tokens per text. */
  length: number;
}

/** Floats per token and layer that the engine keeps for the backward pass: of hidden, feed-forward and attention width. */
const KEPT = { hidden: 50, intermediate: 6, attention: 3 } as const;
/** Copies of a layer's weights, transposed for the kernels, that live until the backward pass is done. */
const WEIGHT_COPIES = 1.4;
/** Logits, probabilities and their gradients over the vocabulary. */
const LOGIT_COPIES = 3;

/**
 * Memory of a search or training step on a batch of B texts of T tokens: 4 P bytes of weights, and for every layer
 * 4 (B T (50 d + 6 f + 3 h T) + 1.4 · its weights), for GPT-2 besides 4 · 3 B T V. The numbers 50, 6, 3 and 1.4 were
 * fitted to the engine's peak of live tensor bytes on WASM (finite differences, dropout on; d 128 to 768, f 512 to 3,072,
 * T 8 to 128, B 1 to 8), which they meet within a tenth, GPT-2's within a fifth. The passes of a bilevel step follow each
 * other, so that one counts. What the process or the tab needs beside its tensors is not in it.
 */
export function estimateMemory(shape: HubModelShape, batchSize = 16, length = 128): MemoryEstimate {
  const { hiddenSize: d, intermediateSize: f, heads: h, layers, vocabSize, family, parameters } = shape;
  const tokens = batchSize * length;
  const kept = tokens * (KEPT.hidden * d + KEPT.intermediate * f + KEPT.attention * h * length);
  const layerWeights = 4 * d * d + 2 * d * f;
  const logits = family === 'gpt2' ? LOGIT_COPIES * tokens * vocabSize : 0;
  const weightBytes = 4 * parameters;
  const stepBytes = Math.round(4 * (layers * (kept + WEIGHT_COPIES * layerWeights) + logits));
  return { weightBytes, stepBytes, totalBytes: weightBytes + stepBytes, batchSize, length };
}
