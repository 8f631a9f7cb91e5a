/** Half floats against hand-checked bit patterns, and all 65,536 of them there and back. */
import { describe, expect, it } from 'vitest';
import { decodeBfloat16, decodeFloat16, encodeFloat16 } from './halfFloat';

describe('half floats', () => {
  it('decodes known bit patterns', () => {
    const bits = new Uint16Array([0x3c00, 0xc000, 0x7bff, 0x0001, 0x0400, 0x7c00, 0x3555]);
    expect([...decodeFloat16(bits)]).toEqual([
      1,
      -2,
      65504,
      2 ** -24,
      2 ** -14,
      Number.POSITIVE_INFINITY,
      Math.fround(0.333251953125),
    ]);
    expect([...decodeBfloat16(new Uint16Array([0x3f80, 0xc000, 0x4049]))]).toEqual([1, -2, 3.140625]);
  });

  it('encodes what it decoded, for every pattern', () => {
    const all = Uint16Array.from({ length: 65536 }, (_, i) => i).filter((b) => (b & 0x7fff) <= 0x7c00);
    expect(encodeFloat16(decodeFloat16(all))).toEqual(all);
  });

  it('rounds to nearest, ties to even', () => {
    const ulp = 2 ** -10;
    const values = new Float32Array([
      1 + ulp / 2,
      1 + 1.5 * ulp,
      1 + 0.51 * ulp,
      65519,
      65520,
      1.5 * 2 ** -24,
    ]);
    expect([...encodeFloat16(values)]).toEqual([0x3c00, 0x3c02, 0x3c01, 0x7bff, 0x7c00, 0x0002]);
    expect(encodeFloat16(new Float32Array([Number.NaN]))[0]).toBe(0x7e00);
  });
});
