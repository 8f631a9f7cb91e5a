/** How numbers are written on the page. */
export { describeBytes } from '../store/hub/describeBytes';
export { clock } from '../telemetry/clock';

/** Significant digits, with exponents only where a plain number would be long: 0.0123, 3.1e-7. */
export function compact(value: number, digits = 3): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? '∞' : '−∞';
  if (value === 0) return '0';
  const size = Math.abs(value);
  const text =
    size < 1e-3 || size >= 1e5
      ? value.toExponential(digits - 1).replace(/\.?0*e\+?/, 'e')
      : String(Number(value.toPrecision(digits)));
  return text.replace('-', size < 1e-3 || size >= 1e5 ? '-' : '−').replace(/^-/, '−');
}

/** As `compact`, with its zeros kept, for numbers that stand below each other: 0.480 beside 0.519. */
export function even(value: number, digits = 3): string {
  const rounded = Number(value.toPrecision(digits));
  const size = Math.abs(rounded);
  return size >= 1e-3 && size < 10 ** digits
    ? rounded.toPrecision(digits).replace('-', '−')
    : compact(value, digits);
}

/** `1 run`, `3 runs`. */
export const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

/** Thousands apart: 12,345. */
export function whole(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** A threshold by how many times λ it is: `1.41 λ`. */
export const timesLambda = (times: number): string => `${compact(times)} λ`;

/** 87.2 % */
export function percent(fraction: number, digits = 1): string {
  return `${(100 * fraction).toFixed(digits)} %`;
}

/** Binomial standard error of a share p of n. */
export function binomialError(p: number, n: number): number {
  return n > 0 ? Math.sqrt((p * (1 - p)) / n) : Number.NaN;
}
