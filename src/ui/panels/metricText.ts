/** How a metric is named and written: by the catalogue, shares of right answers in percent, all else as numbers. */
import { metrics } from '../../metrics/catalog';
import { binomialError, percent } from '../numbers';

const inPercent = new Set(['accuracy', 'f1', 'macroF1', 'entityPrecision', 'entityRecall', 'entityF1']);

/** e.g. `Matthews correlation`; the key itself where the catalogue does not know it. */
export const metricLabel = (key: string): string => metrics[key]?.label ?? key;

/** For a tooltip. */
export const metricNote = (key: string): string | undefined => metrics[key]?.description;

/** True where less is better, which must be said. */
export const lowerIsBetter = (key: string): boolean => metrics[key]?.higherIsBetter === false;

/** How a score is written: shares in percent, accuracy with its standard error, other metrics as numbers. */
export function scoreText(name: string, value: number, n: number): { score: string; error: string } {
  if (inPercent.has(name)) {
    const error = name === 'accuracy' ? ` ± ${(100 * binomialError(value, n)).toFixed(1)}` : '';
    return { score: percent(value), error };
  }
  return { score: value.toFixed(3).replace('-', '−'), error: '' };
}
