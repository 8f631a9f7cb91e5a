import { describe, expect, it } from 'vitest';
import { tagsOfRow } from './evaluation';

const names = ['O', 'B-protein', 'I-protein'];
/** Logits that are largest at the index. */
const at = (index: number) => [0, 1, 2].map((i) => (i === index ? 1 : -1));

describe('tagsOfRow', () => {
  it.each([
    ['one token a word', [1, 2, 0], [0, 1, 2], ['B-protein', 'I-protein', 'O']],
    // <s>, two words of two tokens and one, </s>, padding: what stands at the gaps is not read.
    ['the first token of each word alone', [2, 1, 2, 0, 1, 1], [1, 3], ['B-protein', 'O']],
    [
      'O for words that were cut off',
      [0, 1, 2],
      [1, 2, undefined, undefined],
      ['B-protein', 'I-protein', 'O', 'O'],
    ],
    [
      'O for a word without a token, and the words after it at their own',
      [0, 1, 2],
      [1, undefined, 2],
      ['B-protein', 'O', 'I-protein'],
    ],
    ['O for all words where none has a token', [1], [undefined, undefined], ['O', 'O']],
  ])('reads %s', (_, largest, words, tags) => {
    expect(tagsOfRow(largest.map(at), words, names)).toEqual(tags);
  });
});
