/** Half-width floats in checkpoint files: IEEE binary16 and bfloat16 ↔ float32. */

const word = new Uint32Array(1);
const real = new Float32Array(word.buffer);

/** Float32 of each of the 65,536 binary16 bit patterns, built at first use. */
let halfTable: Float32Array | undefined;

function halfBitsToFloat(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** binary16 → float32, exactly. */
export function decodeFloat16(bits: Uint16Array): Float32Array {
  halfTable ??= Float32Array.from({ length: 65536 }, (_, i) => halfBitsToFloat(i));
  const out = new Float32Array(bits.length);
  for (let i = 0; i < bits.length; i++) out[i] = halfTable[bits[i] as number] as number;
  return out;
}

/** bfloat16 → float32, exactly: its bits are the upper half. */
export function decodeBfloat16(bits: Uint16Array): Float32Array {
  const out = new Uint32Array(bits.length);
  for (let i = 0; i < bits.length; i++) out[i] = (bits[i] as number) << 16;
  return new Float32Array(out.buffer);
}

/** float32 → binary16, rounding to nearest, ties to even; beyond 65504 to infinity. */
export function encodeFloat16(values: Float32Array): Uint16Array {
  const out = new Uint16Array(values.length);
  for (let i = 0; i < values.length; i++) {
    real[0] = values[i] as number;
    const bits = word[0] as number;
    const sign = (bits >>> 16) & 0x8000;
    const magnitude = bits & 0x7fffffff;
    if (magnitude >= 0x7f800000) {
      out[i] = sign | (magnitude > 0x7f800000 ? 0x7e00 : 0x7c00);
    } else if (magnitude < 0x38800000) {
      // Below 2^-14: a multiple of 2^-24, which float64 rounds for us.
      out[i] = sign | roundHalfEven(Math.abs(values[i] as number) * 2 ** 24);
    } else {
      const rounded = magnitude + 0xfff + ((magnitude >>> 13) & 1) - 0x38000000;
      out[i] = sign | Math.min(rounded >>> 13, 0x7c00);
    }
  }
  return out;
}

function roundHalfEven(x: number): number {
  const floor = Math.floor(x);
  const rest = x - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
}
