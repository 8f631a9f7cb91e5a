/** Canonical names and shapes of the tensors of a model, known from its configuration before any data is read. */
import type { Gpt2Config, ModelConfig, RobertaConfig } from './config';

export type TensorShapes = Map<string, number[]>;

/** Everything a model needs but its task head, in a fixed order. */
export function expectedTensors(config: ModelConfig): TensorShapes {
  return config.family === 'gpt2' ? gpt2Tensors(config) : robertaTensors(config);
}

/** RoBERTa's encoder; dense weights are (out, in) as PyTorch keeps them. */
function robertaTensors(config: RobertaConfig): TensorShapes {
  const { hiddenSize: d, intermediateSize: f } = config;
  const shapes: TensorShapes = new Map();
  const dense = (name: string, out: number, into: number) => {
    shapes.set(`roberta.${name}.weight`, [out, into]);
    shapes.set(`roberta.${name}.bias`, [out]);
  };
  const norm = (name: string) => {
    shapes.set(`roberta.${name}.weight`, [d]);
    shapes.set(`roberta.${name}.bias`, [d]);
  };
  shapes.set('roberta.embeddings.word_embeddings.weight', [config.vocabSize, d]);
  shapes.set('roberta.embeddings.position_embeddings.weight', [config.maxPositions, d]);
  shapes.set('roberta.embeddings.token_type_embeddings.weight', [config.typeVocabSize, d]);
  norm('embeddings.LayerNorm');
  for (let n = 0; n < config.layers; n++) {
    const layer = `encoder.layer.${n}`;
    for (const projection of ['query', 'key', 'value']) dense(`${layer}.attention.self.${projection}`, d, d);
    dense(`${layer}.attention.output.dense`, d, d);
    norm(`${layer}.attention.output.LayerNorm`);
    dense(`${layer}.intermediate.dense`, f, d);
    dense(`${layer}.output.dense`, d, f);
    norm(`${layer}.output.LayerNorm`);
  }
  return shapes;
}

/** GPT-2's decoder; Conv1D weights are (in, out). The language head is `wte`. */
function gpt2Tensors(config: Gpt2Config): TensorShapes {
  const { hiddenSize: d, intermediateSize: f } = config;
  const shapes: TensorShapes = new Map();
  const conv1d = (name: string, into: number, out: number) => {
    shapes.set(`transformer.${name}.weight`, [into, out]);
    shapes.set(`transformer.${name}.bias`, [out]);
  };
  const norm = (name: string) => {
    shapes.set(`transformer.${name}.weight`, [d]);
    shapes.set(`transformer.${name}.bias`, [d]);
  };
  shapes.set('transformer.wte.weight', [config.vocabSize, d]);
  shapes.set('transformer.wpe.weight', [config.maxPositions, d]);
  for (let n = 0; n < config.layers; n++) {
    norm(`h.${n}.ln_1`);
    conv1d(`h.${n}.attn.c_attn`, d, 3 * d);
    conv1d(`h.${n}.attn.c_proj`, d, d);
    norm(`h.${n}.ln_2`);
    conv1d(`h.${n}.mlp.c_fc`, d, f);
    conv1d(`h.${n}.mlp.c_proj`, f, d);
  }
  norm('ln_f');
  return shapes;
}

/** RoBERTa's sequence head with L outputs. */
export function sequenceHeadTensors(hiddenSize: number, outputs: number): TensorShapes {
  return new Map([
    ['classifier.dense.weight', [hiddenSize, hiddenSize]],
    ['classifier.dense.bias', [hiddenSize]],
    ['classifier.out_proj.weight', [outputs, hiddenSize]],
    ['classifier.out_proj.bias', [outputs]],
  ]);
}

/** RoBERTa's token head with L outputs. */
export function tokenHeadTensors(hiddenSize: number, outputs: number): TensorShapes {
  return new Map([
    ['classifier.weight', [outputs, hiddenSize]],
    ['classifier.bias', [outputs]],
  ]);
}
