/** Order and geometry of the heatmap. */
import { describe, expect, it } from 'vitest';
import { blockOf, cellColor, columnOrder, gridGeometry } from './selectionCells';

describe('selection cells', () => {
  it('sorts by falling a only when asked', () => {
    expect(columnOrder([0.1, 0.5, 0.4], false)).toEqual([0, 1, 2]);
    expect(columnOrder([0.1, 0.5, 0.4], true)).toEqual([1, 2, 0]);
  });

  it('groups the layers of a block and fills the width', () => {
    const { tops, cellHeight, cellWidth, labelWidth, rankWidth } = gridGeometry(
      ['0.query', '0.value', '1.query'],
      8,
      600,
    );
    expect((tops[1] as number) - (tops[0] as number)).toBe(cellHeight);
    expect((tops[2] as number) - (tops[1] as number)).toBeGreaterThan(cellHeight);
    expect(labelWidth + rankWidth + 8 * cellWidth).toBeCloseTo(600, 6);
    expect(blockOf('11.value')).toBe('11');
  });

  it('keeps 48 rows of 16 on a phone', () => {
    const layers = Array.from({ length: 24 }, (_, b) => [`${b}.query`, `${b}.value`]).flat();
    const { height, cellWidth } = gridGeometry(layers, 16, 340);
    expect(height).toBeLessThan(900);
    expect(cellWidth).toBeGreaterThan(10);
  });

  it('keeps 64 components and their ranks within a phone', () => {
    const { cellWidth, labelWidth, rankWidth } = gridGeometry(['0.query', '0.value'], 64, 330);
    expect(labelWidth + 64 * cellWidth + rankWidth).toBeLessThanOrEqual(330.001);
  });

  it('colours the threshold alike for every k on the relative scale', () => {
    expect(cellColor(1 / 8, 1 / 8, 'relative', 'light')).toBe(cellColor(0.5, 0.5, 'relative', 'light'));
    expect(cellColor(1 / 8, 1 / 8, 'absolute', 'light')).not.toBe(cellColor(0.5, 0.5, 'absolute', 'light'));
  });
});
