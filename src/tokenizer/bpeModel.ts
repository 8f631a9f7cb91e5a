/** The `model` object of a byte-level BPE `tokenizer.json`, as Hugging Face's tokenizers write it. */
export function bpeModelJson(vocab: Record<string, number>, merges: readonly (readonly [string, string])[]) {
  return {
    type: 'BPE',
    dropout: null,
    unk_token: null,
    continuing_subword_prefix: '',
    end_of_word_suffix: '',
    fuse_unk: false,
    byte_fallback: false,
    ignore_merges: false,
    vocab,
    merges,
  };
}
