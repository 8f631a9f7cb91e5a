import { describe, expect, it } from 'vitest';
import { toTokenizerJson, trainByteLevelBpe } from '../tokenizer/bpeTrainer';
import { tokenizerFromJson } from '../tokenizer/huggingface';
import { encodeCompletions, encodeSequences, encodeTagged, firstTokens } from './encoding';

const lines = ['the tolin gene binds the plot', 'the tolin protein was found', 'the gene was found in cells'];
const roberta = tokenizerFromJson(toTokenizerJson(trainByteLevelBpe(lines, 300)));
const gpt2 = tokenizerFromJson(toTokenizerJson(trainByteLevelBpe(lines, 300, 'gpt2')));

describe('encodeSequences', () => {
  it('encodes pairs, cuts what is too long and counts it', () => {
    const { rows, truncated } = encodeSequences(
      [
        { text: 'the gene', pair: 'was found', label: 1 },
        { text: 'the tolin protein was found in cells and elsewhere', label: 0 },
      ],
      roberta,
      12,
    );
    expect(truncated).toBe(1);
    expect(rows[0]).toEqual({ ids: roberta.encode('the gene', 'was found'), label: 1 });
    expect(rows[1]?.ids).toHaveLength(12);
    expect(rows[1]?.ids.at(-1)).toBe(roberta.eosId);
  });
});

describe('encodeTagged', () => {
  const labels = ['O', 'B-protein', 'I-protein'];
  const words = ['the', 'Tolinoxin', 'protein', 'binds'];
  const tags = ['O', 'B-protein', 'I-protein', 'O'];

  it('labels the first sub-token of each word and nothing else', () => {
    const { rows, truncated } = encodeTagged([{ words, tags }], roberta, 64, labels);
    expect(truncated).toBe(0);
    const { ids, label } = rows[0] as { ids: number[]; label: number[] };
    const { wordIds } = roberta.encodeWords(words);
    expect(wordIds.filter((word) => word === 1).length).toBeGreaterThan(1);
    expect(label).toHaveLength(ids.length);
    expect(label.filter((value) => value !== -100)).toEqual([0, 1, 2, 0]);
    for (const [word, token] of (firstTokens(wordIds, words.length) as number[]).entries()) {
      expect(label[token]).toBe(labels.indexOf(tags[word] as string));
      expect(wordIds[token - 1]).not.toBe(word);
    }
  });

  it('keeps each word at its place where one has no sub-token, which is no cut', () => {
    // Bytes that the vocabulary lacks are dropped: here those of the space (Ġ) and of "λ" (Î, »).
    const bpe = trainByteLevelBpe(lines, 300);
    const kept = Object.entries(bpe.vocab).filter(([token]) => !/[ĠÎ»]/.test(token));
    const lacking = tokenizerFromJson(
      toTokenizerJson({ ...bpe, vocab: Object.fromEntries(kept), merges: [] }),
    );
    const greek = ['λ', 'gene', 'λ'];
    const { wordIds } = lacking.encodeWords(greek);
    expect(new Set(wordIds)).toEqual(new Set([null, 1]));
    const { rows, truncated } = encodeTagged(
      [{ words: greek, tags: ['B-protein', 'I-protein', 'O'] }],
      lacking,
      64,
      labels,
    );
    expect(truncated).toBe(0);
    expect(rows[0]?.words).toEqual([undefined, 1, undefined]);
    const { label } = rows[0] as { label: number[] };
    expect(label.filter((value) => value !== -100)).toEqual([2]);
  });

  it('counts sentences whose end is cut off, and names a tag it does not know', () => {
    const cut = encodeTagged([{ words, tags }], roberta, 6, labels);
    expect(cut.truncated).toBe(1);
    expect(() => encodeTagged([{ words: ['a'], tags: ['B-gene'] }], roberta, 6, labels)).toThrow(
      'The tag "B-gene" of "a" is none of O, B-protein, I-protein.',
    );
  });
});

describe('encodeCompletions', () => {
  it('makes one row of each reference, with labels on the text and its end only', () => {
    const { rows } = encodeCompletions(
      [{ source: 'name : tolin', references: ['the gene', 'the protein'] }],
      gpt2,
      64,
    );
    expect(rows).toHaveLength(2);
    const { ids, label } = rows[0] as { ids: number[]; label: number[] };
    const prompt = gpt2.encode('name : tolin').length + 1;
    expect(ids[prompt - 1]).toBe(gpt2.eosId);
    expect(ids.at(-1)).toBe(gpt2.eosId);
    expect(label.slice(0, prompt)).toEqual(ids.slice(0, prompt).map(() => -100));
    expect(label.slice(prompt)).toEqual(ids.slice(prompt));
    expect(gpt2.decode(ids.slice(prompt, -1))).toBe(' the gene');
  });

  it('cuts texts, never prompts', () => {
    const example = { source: 'name : tolin', references: ['the gene was found in cells'] };
    const { rows, truncated } = encodeCompletions([example], gpt2, 14);
    expect([rows[0]?.ids.length, truncated]).toEqual([14, 1]);
    expect(() => encodeCompletions([example], gpt2, 6)).toThrow('raise the longest input');
  });
});
