/** Arrow keys move a learning rate along 1-2-5 and integers by one. */
import { describe, expect, it } from 'vitest';
import { type Field, fieldAt } from '../../config/fields';
import { nextValue } from './FieldControl';

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
