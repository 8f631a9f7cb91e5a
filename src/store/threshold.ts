/**
 * A threshold on the scale of a for each layer, for colours and for moving it by hand. What the search would keep is the rank
 * rule's (adapters/rankRule.ts), which with `raw-mean` is not always what stands above it: where Σβ < 0 the released code
 * keeps what lies below the mean.
 */
import { isKept, selectionOf, uniformThreshold } from '../adapters/rankRule';
import type { RankRule, SelectionVariant } from '../config/experiment';
import { mean } from '../metrics/mean';

export { isKept, selectionOf, startingLogit, uniformThreshold } from '../adapters/rankRule';

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
  const uniform = uniformThreshold(variant, rule, selection.length);
  if (uniform !== undefined) return uniform;
  if (variant === 'none') return mean(selection);
  const logit = mean(beta);
  if (variant === 'sigmoid') return selectionOf([logit], variant)[0] as number;
  // a grows as exp β: the largest of both are one component's.
  return Math.max(...Array.from(selection)) * Math.exp(logit - Math.max(...Array.from(beta)));
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
