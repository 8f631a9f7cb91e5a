/** Values of an untrained model, tensor by tensor, as Hugging Face draws them. */
import type { RandomStream } from '../random/stream';
import type { ModelConfig } from './config';

/**
 * N(0, initializer_range); biases 0, LayerNorm weights 1, RoBERTa's padding rows 0, and GPT-2's projections back into the
 * residual stream narrower by 1/√(2 · layers), one for each of the sub-layers that add to it.
 */
export function randomWeight(
  name: string,
  shape: readonly number[],
  config: ModelConfig,
  random: RandomStream,
): Float32Array {
  const size = shape.reduce((product, n) => product * n, 1);
  if (name.endsWith('.bias')) return new Float32Array(size);
  if (/(layer_?norm|ln_[12f])\.weight$/i.test(name)) return new Float32Array(size).fill(1);
  const isResidual = config.family === 'gpt2' && name.endsWith('.c_proj.weight');
  const values = random.fillNormal(
    size,
    isResidual ? config.initializerRange / Math.sqrt(2 * config.layers) : config.initializerRange,
  );
  if (config.family === 'roberta' && /(word|position)_embeddings\.weight$/.test(name)) {
    const width = shape[1] as number;
    values.fill(0, config.padTokenId * width, (config.padTokenId + 1) * width);
  }
  return values;
}
