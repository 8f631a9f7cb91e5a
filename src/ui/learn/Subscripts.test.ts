/** Indices are taken off their symbols, wherever they stand. */
import { expect, it } from 'vitest';
import { subscriptPieces } from './Subscripts';

it('parts a text behind every index', () => {
  expect(subscriptPieces('L_T')).toEqual([{ text: 'L', below: 'T' }]);
  expect(subscriptPieces('W − η ∇L_T, η = 0.001')).toEqual([
    { text: 'W − η ∇L', below: 'T' },
    { text: ', η = 0.001', below: '' },
  ]);
  expect(subscriptPieces('step')).toEqual([{ text: 'step', below: '' }]);
});
