import { expect, it } from 'vitest';
import { wordTagBaseline } from './wordTagBaseline';

it('gives every word its commonest tag, and unknown words that of rare ones', () => {
  const train = [
    { words: ['the', 'Zorbak', 'gene'], tags: ['O', 'B-DNA', 'I-DNA'] },
    { words: ['Zorbak', 'bound', 'Kornu'], tags: ['B-protein', 'O', 'B-protein'] },
    { words: ['Zorbak', 'bound', 'Galto'], tags: ['B-protein', 'O', 'B-protein'] },
    { words: ['the', 'Zorbak', 'gene'], tags: ['O', 'B-protein', 'I-DNA'] },
  ];
  expect(wordTagBaseline(train, [['the', 'Zorbak', 'gene', 'Unseen'], ['bound']])).toEqual([
    ['O', 'B-protein', 'I-DNA', 'B-protein'],
    ['O'],
  ]);
  expect(wordTagBaseline([], [['a']])).toEqual([['O']]);
});
