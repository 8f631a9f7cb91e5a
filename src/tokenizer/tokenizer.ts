/** The small interface behind which a Hugging Face tokenizer stands. */

export interface EncodeOptions {
  /** Longest sequence including special tokens; pairs are cut longest-first. */
  maxLength?: number;
  /** Default true: `<s> a </s>` or `<s> a </s></s> b </s>` for RoBERTa. */
  addSpecialTokens?: boolean;
}

/** Sub-tokens of words: `wordIds[i]` is the index of the word of token i, null for a special token. */
export interface WordEncoding {
  ids: number[];
  wordIds: (number | null)[];
}

export interface Tokenizer {
  /** Number of ids, added tokens included. */
  readonly vocabularySize: number;
  readonly padId: number;
  readonly bosId: number;
  readonly eosId: number;
  readonly unkId: number;
  /** Absent for GPT-2. */
  readonly maskId: number | undefined;
  /** Token ids of a text or of a pair. */
  encode(text: string, pair?: string, options?: EncodeOptions): number[];
  /** Sub-tokens of a sentence that is already split into words, each as if a space stood before it. */
  encodeWords(words: readonly string[], options?: EncodeOptions): WordEncoding;
  decode(ids: readonly number[], options?: { skipSpecialTokens?: boolean }): string;
  /** The token strings of ids, as the vocabulary spells them. */
  tokens(ids: readonly number[]): string[];
}
