import { describe, expect, it } from 'vitest';
import { NO_LABEL } from '../tasks/encoding';
import { tagsOfRow } from './evaluation';

const names = ['O', 'B-protein', 'I-protein'];
/** Logits that are largest at the index. */
const at = (index: number) => [0, 1, 2].map((i) => (i === index ? 1 : -1));

describe('tagsOfRow', () => {
  it.each([
    ['one token a word', [1, 2, 0], [0, 0, 0], 3, ['B-protein', 'I-protein', 'O']],
    // <s>, two words of two tokens and one, </s>, padding: what stands at the gaps is not read.
    [
      'the first token of each word alone',
      [2, 1, 2, 0, 1, 1],
      [NO_LABEL, 2, NO_LABEL, 0, NO_LABEL, NO_LABEL],
      2,
      ['B-protein', 'O'],
    ],
    ['O for words that were cut off', [0, 1, 2], [NO_LABEL, 0, 0], 4, ['B-protein', 'I-protein', 'O', 'O']],
    ['O for all words where none has a token', [1], [NO_LABEL], 2, ['O', 'O']],
  ])('reads %s', (_, largest, labels, words, tags) => {
    expect(tagsOfRow(largest.map(at), labels, words, names)).toEqual(tags);
  });
});
