/** Paths of the raw lines. */
import { describe, expect, it } from 'vitest';
import type { ChartRow } from './lossRows';
import { rawPath } from './RawLines';

describe('rawPath', () => {
  const double = (value: number) => 2 * value;
  const log = (value: number) => (value > 0 ? Math.log10(value) : Number.NaN);

  it('goes through the rows that have the value, and on over gaps', () => {
    const rows: ChartRow[] = [
      { x: 1, aRaw: 3 },
      { x: 2, bRaw: 9 },
      { x: 3, aRaw: 0.125 },
    ];
    expect(rawPath(rows, 'aRaw', double, double)).toBe('M2.0 6.0L6.0 0.3');
    expect(rawPath(rows, 'bRaw', double, double)).toBe('M4.0 18.0');
    expect(rawPath(rows, 'cRaw', double, double)).toBe('');
  });

  it('leaves out what the scale cannot show', () => {
    const rows = [
      { x: 1, aRaw: 10 },
      { x: 2, aRaw: 0 },
      { x: 3, aRaw: 100 },
    ];
    expect(rawPath(rows, 'aRaw', double, log)).toBe('M2.0 1.0L6.0 2.0');
    expect(rawPath(rows, 'aRaw', () => undefined, log)).toBe('');
  });
});
