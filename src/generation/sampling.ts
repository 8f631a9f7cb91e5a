/** Sampling with temperature, top-k and top-p, in the order in which Hugging Face applies them. */
import { purposeKey, uniformAt } from '../random/stream';
import type { Decoder, Generation, GenerationControl, Prompt } from './decoder';
import type { SamplingOptions } from './options';
import { extendRows } from './rows';

/**
 * Every prompt has a stream of its own, keyed by its tokens: a text does not depend on what else is in its batch, nor on
 * where in it the prompt stands.
 */
export function sample(
  decoder: Decoder,
  prompts: readonly Prompt[],
  options: SamplingOptions,
  control: GenerationControl = {},
): Generation {
  const keys = prompts.map(({ ids }) => purposeKey(options.seed, 'generation', ...ids));
  const choose = (row: Float64Array, prompt: number, step: number) =>
    drawToken(row, options, uniformAt(keys[prompt] as number, step));
  return extendRows(decoder, prompts, options, choose, control);
}

type Filters = Pick<SamplingOptions, 'temperature' | 'topK' | 'topP'>;

/**
 * The tokens that the filters leave, likeliest first, with probabilities that sum to 1. A token as likely as the k-th
 * stays, as in Hugging Face's top-k; top-p keeps the token that reaches the bound.
 * @param row log-probabilities or logits, −∞ for what is banned
 */
export function filteredTokens(
  row: Float64Array,
  { temperature = 1, topK = 0, topP = 1 }: Filters,
): { token: number; probability: number }[] {
  const scaled = row.map((value) => value / temperature);
  let order = [...scaled.keys()]
    .filter((token) => scaled[token] !== Number.NEGATIVE_INFINITY)
    .sort((a, b) => (scaled[b] as number) - (scaled[a] as number) || a - b);
  if (topK > 0 && topK < order.length) {
    const least = scaled[order[topK - 1] as number] as number;
    order = order.filter((token) => (scaled[token] as number) >= least);
  }
  const top = scaled[order[0] as number] as number;
  const weights = order.map((token) => Math.exp((scaled[token] as number) - top));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let kept = 0;
  let mass = 0;
  while (kept < order.length && (kept === 0 || topP === 1 || mass / total < topP))
    mass += weights[kept++] as number;
  return order.slice(0, kept).map((token, i) => ({ token, probability: (weights[i] as number) / mass }));
}

/** @param uniform in [0, 1) */
export function drawToken(row: Float64Array, filters: Filters, uniform: number): number {
  const tokens = filteredTokens(row, filters);
  let left = uniform;
  for (const { token, probability } of tokens) {
    left -= probability;
    if (left < 0) return token;
  }
  return tokens.at(-1)?.token as number; // rounding left a trace
}
