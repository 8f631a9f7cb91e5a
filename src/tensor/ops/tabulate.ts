/** Smooth functions of one number from a table: what the host kernels of the GELUs interpolate in. */

/** Beyond ±this, float32 GELU is x or 0, the exact one and the tanh one alike. */
export const TABLE_LIMIT = 6.5;
const TABLE_STEPS_PER_UNIT = 64;

/** A smooth function on [−6.5, 6.5] by cubic Hermite interpolation, error below 1e-9: an exponential costs five times as much. */
export function tabulate(value: (x: number) => number, slope: (x: number) => number): (x: number) => number {
  const count = 2 * TABLE_LIMIT * TABLE_STEPS_PER_UNIT;
  const coefficients = new Float64Array(4 * (count + 1));
  const step = 1 / TABLE_STEPS_PER_UNIT;
  for (let i = 0; i <= count; i++) {
    const x = i * step - TABLE_LIMIT;
    const [y0, y1] = [value(x), value(x + step)];
    const [m0, m1] = [slope(x) * step, slope(x + step) * step];
    coefficients.set([y0, m0, 3 * (y1 - y0) - 2 * m0 - m1, 2 * (y0 - y1) + m0 + m1], 4 * i);
  }
  return (x) => {
    const place = (x + TABLE_LIMIT) * TABLE_STEPS_PER_UNIT;
    const node = Math.floor(place);
    const t = place - node;
    const at = 4 * node;
    return (
      (coefficients[at] as number) +
      t *
        ((coefficients[at + 1] as number) +
          t * ((coefficients[at + 2] as number) + t * (coefficients[at + 3] as number)))
    );
  };
}
