import { expect, it } from 'vitest';
import { numberText, spreadText } from './numberText';

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

it('gives mean and spread of what the factor makes of them', () => {
  expect(spreadText([0.5, 0.7], 1, 100)).toBe('60.0 ± 14.1');
  expect(spreadText([-0.5], 2)).toBe('−0.50');
});
