/**
 * A threshold on the scale of a for each layer, for colours and for moving it by hand. What the search would keep is the rank
 * rule's (adapters/rankRule.ts), which with `raw-mean` is not always what stands above it: where Σβ < 0 the released code
 * keeps what lies below the mean.
 */
import { RANK_TOLERANCE } from '../adapters/rankRule';
import type { RankRule, SelectionVariant } from '../config/experiment';
import { mean } from '../metrics/mean';

/**
 * λ of one layer on the scale of a: 1/k (softmax), 0.5 (sigmoid), mean a (none); with `raw-mean` the a that a logit
 * equal to mean β would have. Both arrays have k entries.
 */
export function layerThreshold(
  selection: ArrayLike<number>,
  beta: ArrayLike<number>,
  variant: SelectionVariant,
  rule: RankRule,
): number {
  const k = selection.length;
  if (variant === 'none') return mean(selection);
  if (rule === 'threshold') return variant === 'softmax' ? 1 / k : 0.5;
  const logit = mean(beta);
  if (variant === 'sigmoid') return 1 / (1 + Math.exp(-logit));
  const highest = Math.max(...Array.from(beta));
  let sum = 0;
  for (let j = 0; j < k; j++) sum += Math.exp((beta[j] as number) - highest);
  return Math.exp(logit - highest) / sum;
}

/** True where a component stays: a ≥ λ within float tolerance. */
export function isKept(selection: number, threshold: number): boolean {
  return selection >= threshold - RANK_TOLERANCE * Math.max(Math.abs(threshold), 1e-12);
}

/** How many components stay at a threshold: the layer's rank. */
export function keptAt(selection: ArrayLike<number>, threshold: number): number {
  return Array.from(selection).filter((a) => isKept(a, threshold)).length;
}

/** log2(a / λ), the diverging scale's value; −∞ where a ≤ 0. */
export function relativeSelection(selection: number, threshold: number): number {
  if (threshold <= 0) return isKept(selection, threshold) ? 0 : -Infinity;
  return selection > 0 ? Math.log2(selection / threshold) : -Infinity;
}
