/**
 * The arithmetic mean.
 * @throws Error for no numbers
 */
export function mean(values: ArrayLike<number>): number {
  if (values.length === 0) throw new Error('There is no mean of no numbers.');
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] as number;
  return sum / values.length;
}
