/** Examples → token ids and labels, one way for each kind of task; rows that had to be cut are counted. */
import type { Tokenizer } from '../tokenizer/tokenizer';
import type { GenerationExample, SequenceExample, TaggingExample } from './task';

/** Label of a token that has none; the loss leaves it out (PyTorch's `ignore_index`). */
export const NO_LABEL = -100;

/** Token ids of one example and its label: a class or score, or one class per token (`NO_LABEL` where there is none). */
export interface EncodedExample {
  ids: number[];
  label: number | number[];
  /** Of tagging: index among the ids of each word's first sub-token, as `firstTokens`. */
  words?: FirstTokens;
}

export interface EncodedSet {
  rows: EncodedExample[];
  /** Rows that did not fit into the longest input. */
  truncated: number;
}

export function encodeSequences(
  examples: readonly SequenceExample[],
  tokenizer: Tokenizer,
  maxLength: number,
): EncodedSet {
  let truncated = 0;
  const rows = examples.map(({ text, pair, label }) => {
    const ids = tokenizer.encode(text, pair);
    if (ids.length <= maxLength) return { ids, label };
    truncated += 1;
    return { ids: tokenizer.encode(text, pair, { maxLength }), label };
  });
  return { rows, truncated };
}

/** By word; undefined where a word was cut off or has no sub-token (its bytes are missing in the vocabulary). */
export type FirstTokens = readonly (number | undefined)[];

/** Index among the tokens of the first sub-token of each of so many words. */
export function firstTokens(wordIds: readonly (number | null)[], wordCount: number): FirstTokens {
  const first = new Array<number | undefined>(wordCount).fill(undefined);
  wordIds.forEach((word, token) => {
    if (word !== null) first[word] ??= token;
  });
  return first;
}

/** A word's first sub-token carries its tag, the others none (as Hugging Face's token-classification example). */
export function encodeTagged(
  examples: readonly TaggingExample[],
  tokenizer: Tokenizer,
  maxLength: number,
  labels: readonly string[],
): EncodedSet {
  const indexOf = new Map(labels.map((label, i) => [label, i]));
  let truncated = 0;
  const rows = examples.map(({ words, tags }) => {
    const whole = tokenizer.encodeWords(words);
    const isCut = whole.ids.length > maxLength;
    if (isCut) truncated += 1;
    const { ids, wordIds } = isCut ? tokenizer.encodeWords(words, { maxLength }) : whole;
    const label = ids.map(() => NO_LABEL);
    const first = firstTokens(wordIds, words.length);
    first.forEach((token, word) => {
      if (token === undefined) return;
      const tag = tags[word] as string;
      const index = indexOf.get(tag);
      if (index === undefined)
        throw new Error(`The tag "${tag}" of "${words[word]}" is none of ${labels.join(', ')}.`);
      label[token] = index;
    });
    return { ids, label, words: first };
  });
  return { rows, truncated };
}

/** What a decoder is given: the record, then the token that starts the text (as the LoRA authors' `--add_bos`). */
export function encodePrompt(source: string, tokenizer: Tokenizer): number[] {
  return [...tokenizer.encode(source, undefined, { addSpecialTokens: false }), tokenizer.bosId];
}

/**
 * Each reference is a training row: prompt, text, end-of-text; only the text and its end carry labels, each token its
 * own id (the model shifts). What does not fit is cut off the end of the text.
 * @throws Error where a prompt alone fills the longest input
 */
export function encodeCompletions(
  examples: readonly GenerationExample[],
  tokenizer: Tokenizer,
  maxLength: number,
): EncodedSet {
  let truncated = 0;
  const rows: EncodedExample[] = [];
  for (const { source, references } of examples) {
    const prompt = encodePrompt(source, tokenizer);
    if (prompt.length >= maxLength) {
      throw new Error(
        `The record "${source.slice(0, 60)}…" has ${prompt.length} tokens and leaves no room for its text in ${maxLength}: raise the longest input (model.maxLength).`,
      );
    }
    for (const text of references) {
      const completion = [
        ...tokenizer.encode(` ${text}`, undefined, { addSpecialTokens: false }),
        tokenizer.eosId,
      ];
      const ids = [...prompt, ...completion];
      if (ids.length > maxLength) truncated += 1;
      const label = [...prompt.map(() => NO_LABEL), ...completion];
      rows.push({ ids: ids.slice(0, maxLength), label: label.slice(0, maxLength) });
    }
  }
  return { rows, truncated };
}
