/** How far two arrays of numbers are apart. */

/** Worst |actual − expected| over the largest |expected| (or `floor`, for arrays that may be all zero). */
export function relativeError(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  floor = Number.MIN_VALUE,
): number {
  if (actual.length !== expected.length) return Number.POSITIVE_INFINITY;
  let largest = floor;
  let worst = 0;
  for (let i = 0; i < expected.length; i++) {
    largest = Math.max(largest, Math.abs(expected[i] as number));
    const error = Math.abs((actual[i] as number) - (expected[i] as number));
    worst = Number.isNaN(error) ? Number.POSITIVE_INFINITY : Math.max(worst, error);
  }
  return worst / largest;
}
