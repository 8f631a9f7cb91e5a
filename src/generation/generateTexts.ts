/** Texts of a GPT-2 for prompts already tokenised, streamed while they grow: what evaluation and the page call. */
import type { Gpt2Config } from '../model/config';
import type { ForwardHooks } from '../model/forward';
import { Gpt2Decoder } from '../model/gpt2Decoding';
import type { TensorRecord } from '../tensor/records';
import type { Tokenizer } from '../tokenizer/tokenizer';
import { beamSearch } from './beamSearch';
import type { FinishReason } from './decoder';
import { generatedText } from './detokenise';
import { greedy } from './greedy';
import type { BeamConvention } from './options';
import { sample } from './sampling';

export interface GenerativeModel {
  config: Gpt2Config;
  /** The caller's, alive until the generation ends. */
  weights: TensorRecord;
  /** Of an adapter that is not merged into the weights. */
  hooks?: ForwardHooks;
  /** Told how many tokens each pass through the model reads, padding apart. */
  onPass?(tokens: number): void;
}

export interface TextOptions {
  decoding: 'greedy' | 'beam' | 'sample';
  maxNewTokens: number;
  beams: number;
  lengthPenalty: number;
  /** No n tokens in a row come twice in a text; those of its record do not count. */
  noRepeatNgram: number;
  temperature: number;
  topK: number;
  topP: number;
  seed: number;
  /** Of beam search; default that of the LoRA authors, by which the paper's generations are judged. */
  convention?: BeamConvention;
  cancelled?: () => boolean;
}

export interface GeneratedRow {
  /** Without special tokens and without white space around it. */
  text: string;
  /** The end of text included where it was reached. */
  ids: number[];
  score: number;
  finishReason: FinishReason;
}

/** A text while it grows; under beam search that of the best hypothesis so far, which may change. */
export interface TextStep {
  /** Index of the prompt. */
  row: number;
  text: string;
}

/**
 * Decodes all prompts as one batch; one prompt is a batch of one. Yields every text that has grown, step by step.
 * @param prompts token ids, one list per text
 * @returns a text per prompt, in their order
 * @throws Error with one sentence where an option is out of range, or a prompt empty or too long
 */
export async function* generateTexts(
  { config, weights, hooks, onPass }: GenerativeModel,
  tokenizer: Tokenizer,
  prompts: readonly (readonly number[])[],
  options: TextOptions,
): AsyncGenerator<TextStep, GeneratedRow[], void> {
  const { decoding, maxNewTokens, noRepeatNgram, cancelled = () => false } = options;
  const decoder = new Gpt2Decoder(config, weights, hooks, onPass);
  const common = { maxNewTokens, endIds: [tokenizer.eosId], noRepeatNgramSize: noRepeatNgram };
  // A text says what its record says: as with the LoRA authors' beams, only what it has said itself counts as a repetition.
  const inRows = { ...common, countsPrompt: false };
  const rows = prompts.map((ids) => ({ ids }));
  const { temperature, topK, topP, seed, beams, lengthPenalty, convention = 'lora-authors' } = options;
  const generation =
    decoding === 'greedy'
      ? greedy(decoder, rows, inRows, { cancelled })
      : decoding === 'sample'
        ? sample(decoder, rows, { ...inRows, temperature, topK, topP, seed }, { cancelled })
        : beamSearch(decoder, rows, { ...common, beams, lengthPenalty, convention }, { cancelled });
  try {
    for (;;) {
      const { done, value } = await generation.next();
      if (done)
        return value.map(({ ids, score, finishReason }) => ({
          text: generatedText(tokenizer, ids),
          ids,
          score,
          finishReason,
        }));
      yield { row: value.row, text: generatedText(tokenizer, value.ids) };
    }
  } finally {
    await generation.return([]);
  }
}
