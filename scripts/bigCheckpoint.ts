/** Checkpoint folders in the shapes of roberta-base and gpt2 with random weights, written tensor by tensor. */
import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { parseModelConfig } from '../src/model/config';
import { randomWeight } from '../src/model/randomWeights';
import { expectedTensors } from '../src/model/tensorShapes';
import { RandomStream } from '../src/random/stream';
import { headerOf } from '../src/tensor/safetensorsHeader';
import { toTokenizerJson, trainByteLevelBpe } from '../src/tokenizer/bpeTrainer';

export type BigFamily = 'roberta' | 'gpt2';

/** The fields of both models' own config.json that decide shapes and mathematics. */
const shapes = {
  roberta: {
    model_type: 'roberta',
    vocab_size: 50265,
    hidden_size: 768,
    num_hidden_layers: 12,
    num_attention_heads: 12,
    intermediate_size: 3072,
    max_position_embeddings: 514,
    type_vocab_size: 1,
    layer_norm_eps: 1e-5,
    pad_token_id: 1,
    bos_token_id: 0,
    eos_token_id: 2,
  },
  gpt2: {
    model_type: 'gpt2',
    vocab_size: 50257,
    n_embd: 768,
    n_layer: 12,
    n_head: 12,
    n_positions: 1024,
    layer_norm_epsilon: 1e-5,
    activation_function: 'gelu_new',
  },
} as const;

export interface BigCheckpoint {
  parameters: number;
  /** Of the safetensors file. */
  bytes: number;
}

/**
 * Writes config.json, tokenizer.json and model.safetensors; only one tensor is held at a time.
 * @param lines texts for the vocabulary, which is smaller than the embedding: its other rows are never looked up.
 */
export function writeBigCheckpoint(
  folder: string,
  family: BigFamily,
  lines: Iterable<string>,
): BigCheckpoint {
  mkdirSync(folder, { recursive: true });
  const bpe = trainByteLevelBpe(lines, 1000, family);
  const endOfText = bpe.vocab['<|endoftext|>'];
  const json =
    family === 'gpt2' ? { ...shapes.gpt2, bos_token_id: endOfText, eos_token_id: endOfText } : shapes.roberta;
  writeFileSync(join(folder, 'config.json'), JSON.stringify(json, null, 2));
  writeFileSync(join(folder, 'tokenizer.json'), JSON.stringify(toTokenizerJson(bpe)));

  const config = parseModelConfig(json);
  const tensors = [...expectedTensors(config)];
  // gpt2's own file has no prefix, roberta-base's has one.
  const stored = tensors.map(([name, shape]) => ({
    name: name.replace(/^transformer\./, ''),
    shape,
    dtype: 'F32' as const,
  }));
  const file = openSync(join(folder, 'model.safetensors'), 'w');
  try {
    const head = headerOf(stored, { format: 'pt' });
    let bytes = writeAll(file, head);
    tensors.forEach(([name, shape], n) => {
      const values = randomWeight(name, shape, config, RandomStream.of(1, 'weights', n));
      bytes += writeAll(file, new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    });
    return { parameters: (bytes - head.length) / 4, bytes };
  } finally {
    closeSync(file);
  }
}

function writeAll(file: number, bytes: Uint8Array): number {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
  return bytes.length;
}
