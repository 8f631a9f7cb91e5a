/** Pearson and Spearman correlation of two lists of numbers, ties sharing their average rank. */
import { mean } from './mean';

/** −1 … 1; 0 where a list is constant (scipy gives NaN), so that a result stays a number. @throws Error on unequal or too short lists. */
export function pearsonCorrelation(x: readonly number[], y: readonly number[]): number {
  if (x.length !== y.length)
    throw new Error(`A correlation needs lists of one length, not ${x.length} and ${y.length}.`);
  if (x.length < 2) throw new Error('A correlation needs at least two pairs of numbers.');
  // By value, as SciPy does: the mean of equal numbers need not be one of them.
  if (isConstant(x) || isConstant(y)) return 0;
  const meanX = mean(x);
  const meanY = mean(y);
  let xx = 0;
  let yy = 0;
  let xy = 0;
  x.forEach((value, i) => {
    const dx = value - meanX;
    const dy = (y[i] as number) - meanY;
    xx += dx * dx;
    yy += dy * dy;
    xy += dx * dy;
  });
  return xx === 0 || yy === 0 ? 0 : Math.max(-1, Math.min(1, xy / (Math.sqrt(xx) * Math.sqrt(yy))));
}

const isConstant = (values: readonly number[]) => values.every((value) => value === values[0]);

/** Pearson correlation of the ranks. */
export function spearmanCorrelation(x: readonly number[], y: readonly number[]): number {
  return pearsonCorrelation(averageRanks(x), averageRanks(y));
}

/** Ranks from 1; equal values share the mean of the ranks they take up. */
export function averageRanks(values: readonly number[]): number[] {
  const order = values.map((_, i) => i).sort((a, b) => (values[a] as number) - (values[b] as number));
  const ranks = new Array<number>(values.length).fill(0);
  for (let start = 0; start < order.length; ) {
    let end = start + 1;
    while (end < order.length && values[order[end] as number] === values[order[start] as number]) end += 1;
    for (let i = start; i < end; i++) ranks[order[i] as number] = (start + 1 + end) / 2;
    start = end;
  }
  return ranks;
}

/** Everything a regression task reports: `pearson` and `spearman`; no confusion matrix. */
export function regressionMetrics(
  predictions: readonly number[],
  labels: readonly number[],
): { values: Record<string, number>; confusion: number[][] } {
  return {
    values: {
      pearson: pearsonCorrelation(predictions, labels),
      spearman: spearmanCorrelation(predictions, labels),
    },
    confusion: [],
  };
}
