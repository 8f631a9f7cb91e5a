import { Tokenizer } from '@huggingface/tokenizers';
import { beforeAll, describe, expect, it } from 'vitest';
import { generateCorpus } from '../tasks/corpus';
import { type ByteLevelBpe, byteCharacters, toTokenizerJson, trainByteLevelBpe } from './bpeTrainer';

describe('trainByteLevelBpe', () => {
  it('merges by frequency, ties by token ids, and never below two occurrences', () => {
    // Pre-tokens: "ab" ×3, " ab" ×1, " cd" ×2 → (a b) 4; then (c d) 2 against (Ġ c) 2: c's id is the smaller.
    const { merges } = trainByteLevelBpe(['ab', 'ab cd', 'ab ab cd'], 1000);
    expect(merges).toEqual([
      ['a', 'b'],
      ['c', 'd'],
      ['Ġ', 'cd'],
    ]);
  });

  it('orders ids as RoBERTa: four specials, the bytes, the merges, the mask', () => {
    const { vocab } = trainByteLevelBpe(['ab ab'], 1000);
    const tokens = Object.keys(vocab).sort((a, b) => (vocab[a] as number) - (vocab[b] as number));
    expect(tokens.slice(0, 4)).toEqual(['<s>', '<pad>', '</s>', '<unk>']);
    expect(tokens.slice(4, 260)).toEqual([...byteCharacters].sort());
    expect(tokens.slice(260)).toEqual(['ab', '<mask>']);
    expect(Object.values(vocab).sort((a, b) => a - b)).toEqual(tokens.map((_, id) => id));
  });

  it('orders ids as GPT-2: the bytes, the merges, the end of text, which frames nothing', () => {
    const bpe = trainByteLevelBpe(['ab ab'], 1000, 'gpt2');
    const tokens = Object.keys(bpe.vocab).sort((a, b) => (bpe.vocab[a] as number) - (bpe.vocab[b] as number));
    expect(tokens).toEqual([...[...byteCharacters].sort(), 'ab', '<|endoftext|>']);
    const tokenizer = new Tokenizer(JSON.parse(JSON.stringify(toTokenizerJson(bpe))), {});
    expect(tokenizer.encode('ab<|endoftext|>').ids).toEqual([bpe.vocab.ab, bpe.vocab['<|endoftext|>']]);
  });

  it('refuses a vocabulary too small for the bytes', () => {
    expect(() => trainByteLevelBpe(['a'], 260)).toThrow('at least 261 entries, not 260');
  });
});

describe('a tokenizer trained on the corpus', () => {
  const corpus = generateCorpus(4000, 7);
  let bpe: ByteLevelBpe;
  let tokenizer: Tokenizer;
  beforeAll(() => {
    bpe = trainByteLevelBpe(corpus, 1200);
    tokenizer = new Tokenizer(JSON.parse(JSON.stringify(toTokenizerJson(bpe))), {});
  });

  it('has the size asked for and is the same again', () => {
    expect(Object.keys(bpe.vocab)).toHaveLength(1200);
    expect(bpe.vocab['<mask>']).toBe(1199);
    expect(trainByteLevelBpe(corpus, 1200)).toEqual(bpe);
    expect(trainByteLevelBpe(corpus, 600).merges).toEqual(bpe.merges.slice(0, 600 - 261));
  });

  it.each([
    'The plot was not at all dull.',
    "wasn't  it?\n\ttabs, two  spaces ",
    ' leading space',
    'Zürich naïve — “quotes” … 日本語 🙂👩‍👩‍👧',
    '1998 and 3.14, <b>html</b> a_b @#$%',
    '\u00a0no-break\u200bzero width\u0000null',
  ])('decodes what it encodes: %j', (text) => {
    const { ids } = tokenizer.encode(text, { add_special_tokens: false });
    expect(tokenizer.decode(ids, { skip_special_tokens: false, clean_up_tokenization_spaces: false })).toBe(
      text,
    );
  });

  it('frames a text and a pair as RoBERTa does', () => {
    const inner = (text: string) => tokenizer.encode(text, { add_special_tokens: false }).ids;
    expect(tokenizer.encode('A good film.').ids).toEqual([0, ...inner('A good film.'), 2]);
    expect(tokenizer.encode('Yes.', { text_pair: 'No.' }).ids).toEqual([
      0,
      ...inner('Yes.'),
      2,
      2,
      ...inner('No.'),
      2,
    ]);
    expect(tokenizer.encode('a <mask> film', { add_special_tokens: false }).ids).toContain(1199);
  });

  it('spells corpus lines that it was not trained on in fewer than 1.3 tokens per word or mark', () => {
    const lines = generateCorpus(500, 8);
    const words = (lines.join(' ').match(/[\p{L}\p{N}]+|[^\s\p{L}\p{N}]+/gu) ?? []).length;
    const tokens = lines.reduce(
      (sum, line) => sum + tokenizer.encode(line, { add_special_tokens: false }).ids.length,
      0,
    );
    expect(tokens / words).toBeLessThan(1.3);
  });
});
