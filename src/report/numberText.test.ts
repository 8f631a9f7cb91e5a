import { expect, it } from 'vitest';
import { numberText } from './numberText';

it('rounds, with a true minus and no sign on 0', () => {
  expect([-0.04, 0, -0, -0.06, 12.345].map((value) => numberText(value, 1))).toEqual([
    '0.0',
    '0.0',
    '0.0',
    '−0.1',
    '12.3',
  ]);
  expect(numberText(-0.4, 0)).toBe('0');
});
