/** A batch is named as it was drawn, also where it went over the end of a pass. */
import { describe, expect, it } from 'vitest';
import { batchText } from './SlowMotion';

describe('batchText', () => {
  it('names the rows and the pass', () => {
    expect(batchText({ first: 17, count: 16, of: 500, pass: 1 })).toBe('examples 17–32 of 500, pass 1');
    expect(batchText({ first: 500, count: 1, of: 500, pass: 2 })).toBe('example 500 of 500, pass 2');
    expect(batchText({ first: 497, count: 8, of: 500, pass: 3 })).toBe('examples 497–4 of 500, pass 3');
  });
});
