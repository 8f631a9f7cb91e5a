/** Options of generation, checked with one sentence per fault. */

/** What every way of generating obeys. */
export interface LengthOptions {
  /** Fewer where the prompt leaves the model less room. */
  maxNewTokens: number;
  /** The end of text is forbidden before. Default 0. */
  minNewTokens?: number;
  endIds: readonly number[];
  /** No n tokens in a row come twice; 0, the default, allows all. */
  noRepeatNgramSize?: number;
}

/** Of the decodings that keep one continuation per prompt; for beam search the convention says it. */
export interface RowOptions extends LengthOptions {
  /** Whether n-grams of the prompt count as said already, as in transformers. Default true. */
  countsPrompt?: boolean;
}

export interface SamplingOptions extends RowOptions {
  /** Divides the logits; default 1. */
  temperature?: number;
  /** Only the k likeliest tokens; 0, the default, for all. */
  topK?: number;
  /** Only the likeliest tokens that together reach this probability; default 1. */
  topP?: number;
  seed: number;
}

/**
 * How hypotheses are ranked and when the search ends.
 * - `transformers` (4.21): sum / length^penalty with the prompt counted and the end of text not; n-grams over prompt and
 *   generated tokens, banned after the softmax; 2 · beams candidates.
 * - `lora-authors` (gpt2_beam.py of microsoft/LoRA): the length is that of the generated tokens, the end of text counted;
 *   n-grams over generated tokens, banned before the softmax; as many candidates as beams; no early stopping.
 */
export type BeamConvention = 'transformers' | 'lora-authors';

export interface BeamOptions extends LengthOptions {
  beams: number;
  convention: BeamConvention;
  /** Power of the length that divides the sum of log-probabilities; default 1. */
  lengthPenalty?: number;
  /** Ends with as many finished hypotheses as beams, though better ones may come; `transformers` only. Default false. */
  earlyStopping?: boolean;
}

type AnyOptions = LengthOptions & Partial<SamplingOptions> & Partial<BeamOptions>;

/** @throws Error with one sentence: option, value, what is allowed */
export function checkGenerationOptions(options: AnyOptions): void {
  const fail = (key: keyof AnyOptions, allowed: string): never => {
    throw new Error(`Generation: ${key} is ${JSON.stringify(options[key])}; it must be ${allowed}.`);
  };
  const check = (key: keyof AnyOptions, allowed: string, good: (value: number) => boolean) => {
    const value = options[key];
    if (value !== undefined && !(typeof value === 'number' && good(value))) fail(key, allowed);
  };
  const integer = (key: keyof AnyOptions, least: number) =>
    check(key, `an integer of at least ${least}`, (n) => Number.isInteger(n) && n >= least);
  integer('maxNewTokens', 1);
  integer('minNewTokens', 0);
  integer('noRepeatNgramSize', 0);
  integer('topK', 0);
  integer('beams', 1);
  integer('seed', 0);
  check('temperature', 'above 0 (greedy decoding is the limit towards 0)', (t) => t > 0 && t < Infinity);
  check('topP', 'above 0 and at most 1', (p) => p > 0 && p <= 1);
  check('lengthPenalty', 'a finite number', Number.isFinite);
  if ((options.minNewTokens ?? 0) > options.maxNewTokens)
    fail('minNewTokens', `at most maxNewTokens, ${options.maxNewTokens}`);
  if (options.earlyStopping && options.convention === 'lora-authors')
    fail('earlyStopping', 'false: the beam search of the LoRA authors knows no early stopping');
}
