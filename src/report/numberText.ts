/** Numbers as tables, figures and notes show them. */
import { mean } from '../metrics/mean';
import { sampleDeviation } from './statistics';

/** With so many digits behind the point, a true minus sign, and no sign on what rounds to 0. */
export function numberText(value: number, digits: number): string {
  const text = value.toFixed(digits);
  return Number(text) === 0 ? text.replace('-', '') : text.replace('-', '−');
}

/** Mean ± sample standard deviation, both times `factor`; of one number the number alone. */
export function spreadText(numbers: readonly number[], digits: number, factor = 1): string {
  const centre = numberText(factor * mean(numbers), digits);
  const deviation = sampleDeviation(numbers);
  return deviation === undefined ? centre : `${centre} ± ${numberText(factor * deviation, digits)}`;
}
