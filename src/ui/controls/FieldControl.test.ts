/** Arrow keys move a learning rate along 1-2-5 and integers by one; passing through a field changes nothing. */
import { describe, expect, it } from 'vitest';
import { type Field, fieldAt } from '../../config/fields';
import { leftValue, nextValue, rangeOf, steppedValue } from './FieldControl';

const field = (path: string) => fieldAt(path) as Field;

describe('nextValue', () => {
  it('climbs and descends the 1-2-5 ladder', () => {
    const rate = field('search.learningRate');
    let value = 1e-4;
    const up = Array.from({ length: 4 }, () => (value = nextValue(rate, value, 1)));
    expect(up).toEqual([2e-4, 5e-4, 1e-3, 2e-3]);
    const down = Array.from({ length: 4 }, () => (value = nextValue(rate, value, -1)));
    expect(down).toEqual([1e-3, 5e-4, 2e-4, 1e-4]);
    expect(nextValue(rate, 3e-4, 1)).toBe(5e-4);
    expect(nextValue(rate, 3e-4, -1)).toBe(2e-4);
  });

  it('steps integers by one and shares by a twentieth', () => {
    expect(nextValue(field('adapter.rank'), 8, 1)).toBe(9);
    expect(nextValue(field('data.validationFraction'), 0.5, -1)).toBe(0.45);
  });
});

describe('steppedValue', () => {
  it('goes on from what is typed, within the range', () => {
    const rank = field('adapter.rank');
    expect(steppedValue(rank, '12', 8, 1)).toBe(13);
    expect(steppedValue(rank, '8', 8, -1)).toBe(7);
    expect(steppedValue(rank, '7', 8, 1)).toBe(8);
    expect(steppedValue(rank, '64', 8, 1)).toBe(64);
    expect(steppedValue(field('search.learningRate'), '3e-4', 1e-3, 1)).toBe(5e-4);
  });

  it('leaves alone what cannot be read', () => {
    expect(steppedValue(field('adapter.rank'), 'abc', 8, 1)).toBeUndefined();
  });
});

describe('a field that is left', () => {
  it('keeps every digit of what it showed', () => {
    for (const [path, value] of [
      ['seed', 20261127],
      ['seed', 4294967295],
      ['search.learningRate', 0.00012345678],
      ['model.name', ' a name '],
    ] as const)
      expect(leftValue(field(path), String(value), value)).toBe(value);
  });

  it('takes what was typed, within the range, and nothing that cannot be read', () => {
    expect(leftValue(field('seed'), ' 20261128 ', 20261127)).toBe(20261128);
    expect(leftValue(field('adapter.rank'), '99', 8)).toBe(64);
    expect(leftValue(field('seed'), 'abc', 8)).toBeUndefined();
    expect(leftValue(field('seed'), '', 8)).toBeUndefined();
  });

  it('names its range in full', () => {
    expect(rangeOf(field('seed'))).toBe('0 to 4294967295, default 1.');
    expect(rangeOf(field('hypergradient.finiteDifferenceRadius'))).toBe('0.000001 to 10, default 0.01.');
  });
});
