/** Tokenizers against the ids that transformers gave, from tokenizer.json and from vocab.json + merges.txt. */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { tokenizerFromJson, tokenizerFromVocabulary } from './huggingface';

interface Case {
  text: string;
  pair?: string;
  ids: number[];
  ids_no_special?: number[];
  decoded_no_special?: string;
}

const golden = new URL('../testing/golden/', import.meta.url).pathname;
const read = (path: string) => readFileSync(path, 'utf8');
const json = (path: string) => JSON.parse(read(path));

describe.each(['tokenizer-roberta', 'tokenizer-gpt2'])('%s', (folder) => {
  const cases: Case[] = json(`${golden}${folder}/golden.json`).cases;
  const config = json(`${golden}${folder}/tokenizer_config.json`);
  const fromJson = tokenizerFromJson(json(`${golden}${folder}/tokenizer.json`), config);
  const fromVocab = tokenizerFromVocabulary(
    json(`${golden}${folder}/vocab.json`),
    read(`${golden}${folder}/merges.txt`),
    { tokenizerConfig: config },
  );

  it.each(cases)('gives the ids of $text $pair', (example) => {
    expect(fromJson.encode(example.text, example.pair)).toEqual(example.ids);
    if (example.ids_no_special) {
      expect(fromJson.encode(example.text, undefined, { addSpecialTokens: false })).toEqual(
        example.ids_no_special,
      );
      expect(fromJson.decode(example.ids_no_special)).toBe(example.decoded_no_special);
    }
    for (const [key, ids] of Object.entries(example)) {
      const maxLength = Number(/^max_length_(\d+)$/.exec(key)?.[1]);
      if (maxLength) expect(fromJson.encode(example.text, example.pair, { maxLength })).toEqual(ids);
    }
    // A mask of a tokenizer built from vocab.json takes the space before it, as in the published RoBERTa.
    if (!example.text.includes('<mask>'))
      expect(fromVocab.encode(example.text, example.pair)).toEqual(example.ids);
  });
});

describe('tokenizerFromJson', () => {
  const folder = `${golden}tokenizer-roberta/`;
  const tokenizer = tokenizerFromJson(
    json(`${folder}tokenizer.json`),
    json(`${folder}tokenizer_config.json`),
  );

  it('knows the special ids and its size', () => {
    const { padId, bosId, eosId, unkId, maskId, vocabularySize } = tokenizer;
    expect({ padId, bosId, eosId, unkId, maskId, vocabularySize }).toEqual({
      padId: 1,
      bosId: 0,
      eosId: 2,
      unkId: 3,
      maskId: 4,
      vocabularySize: 504,
    });
    expect(tokenizer.tokens([0, 225, 2])).toEqual(['<s>', 'Ġ', '</s>']);
    expect(tokenizer.decode([0, 225, 80, 287, 2], { skipSpecialTokens: true })).toBe(' lea');
    expect(tokenizer.decode([])).toBe('');
  });

  it('cuts a pair longest-first, the odd token to the longer', () => {
    const encode = (a: number, b: number, maxLength: number) =>
      tokenizer
        .encode('a'.repeat(a), 'b'.repeat(b), { maxLength })
        .filter((id) => id === 69 || id === 70)
        .join('');
    const kept = (text: string) => [text.split('69').length - 1, text.split('70').length - 1];
    expect(kept(encode(10, 2, 10))).toEqual([4, 2]);
    expect(kept(encode(2, 10, 10))).toEqual([2, 4]);
    expect(kept(encode(10, 10, 11))).toEqual([3, 4]);
    expect(kept(encode(10, 9, 11))).toEqual([4, 3]);
    expect(() => encode(1, 1, 3)).toThrow('leaves no room beside 4 special tokens');
  });

  it('takes an empty second text for none', () => {
    expect(tokenizer.encode('the pub', '')).toEqual(tokenizer.encode('the pub'));
    expect(tokenizer.encode('', 'the pub')).toEqual([0, 2, 2, 369, 430, 2]);
  });

  it('treats U+0085 as space and U+FEFF as a symbol, as the reference does', () => {
    const text = 'a\u0085 b\ufeff c';
    expect(tokenizer.decode(tokenizer.encode(text, undefined, { addSpecialTokens: false }))).toBe(text);
  });

  it('names what it cannot use', () => {
    expect(() => tokenizerFromJson({}, {}, { fileName: 't.json' })).toThrow('t.json: "model" is missing');
    expect(() => tokenizerFromJson({ model: { type: 'Unigram', vocab: [] } })).toThrow(
      'its model is "Unigram"',
    );
    expect(() => tokenizerFromVocabulary({ a: 0 }, 'a b\na b c')).toThrow('merges.txt, line 2');
    expect(() => tokenizerFromVocabulary({ a: 'x' }, '')).toThrow('token "a" has id "x"');
    expect(() => tokenizerFromVocabulary({ a: 0 }, '')).toThrow('no start and end token');
  });
});

const vocabulary = new URL('../../../shared/data/vocab/roberta/', import.meta.url).pathname;
const present = existsSync(vocabulary);
if (!present) console.log(`Skipped: the published vocabulary of RoBERTa is not at ${vocabulary}.`);

// Their texts, pairs and words are checked with the golden folder `tokenizer-pretrained-vocab`.
describe.skipIf(!present)('the published vocabulary of RoBERTa', () => {
  it('has a mask that takes the space before it', () => {
    const tokenizer = tokenizerFromVocabulary(
      json(`${vocabulary}vocab.json`),
      read(`${vocabulary}merges.txt`),
    );
    expect(tokenizer.encode('a <mask>')).toEqual([0, 102, 50264, 2]);
  });
});
