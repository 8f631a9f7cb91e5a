/** The slope of tanh, and GELU and its slope, in WGSL: Φ(−|x|) = ½ e^(−x²/2) · erfcx(|x|/√2), with erfcx(u) a polynomial in t = 1 / (1 + 0.4 u). */
import type { WgslProgram } from './webgpu';

/** Fitted to t⁻¹ erfcx on |x| ≤ 6.6 by reweighted least squares; relative error 4e-8, below float32's own. */
const coefficients = [
  0.22485982, 0.23739946, 0.13549106, 0.4184552, -0.38700137, 0.69465786, -0.39894688, 0.07508475,
];

const normalCdf = /* wgsl */ `
  fn normalCdf(x : f32) -> f32 {
    let t = 1.0 / (1.0 + ${0.4 * Math.SQRT1_2} * abs(x));
    let tail = 0.5 * exp(-0.5 * x * x) * t * (${coefficients.reduceRight((inner, c) => (inner ? `${c} + t * (${inner})` : `${c}`), '')});
    return select(1.0 - tail, tail, x < 0.0);
  }
`;

export const geluProgram: WgslProgram = {
  name: 'AutoLoraGelu',
  inputs: ['x'],
  per: 'element',
  source: /* wgsl */ `
    ${normalCdf}
    fn element(index : i32) -> f32 {
      let value = x[index];
      if (isnan(value)) { return value; }
      if (abs(value) > 6.5) { return max(value, 0.0); }
      return value * normalCdf(value);
    }
  `,
};

export const geluGradProgram: WgslProgram = {
  name: 'AutoLoraGeluGrad',
  inputs: ['dy', 'x'],
  per: 'element',
  source: /* wgsl */ `
    ${normalCdf}
    fn element(index : i32) -> f32 {
      let value = x[index];
      if (isnan(value)) { return value; }
      if (abs(value) > 6.5) { return select(0.0, dy[index], value > 0.0); }
      return dy[index] * (normalCdf(value) + value * ${1 / Math.sqrt(2 * Math.PI)} * exp(-0.5 * value * value));
    }
  `,
};

export const tanhGradProgram: WgslProgram = {
  name: 'AutoLoraTanhGrad',
  inputs: ['dy', 'y'],
  per: 'element',
  source: /* wgsl */ `
    fn element(index : i32) -> f32 { return dy[index] * (1.0 - y[index] * y[index]); }
  `,
};
