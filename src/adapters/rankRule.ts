/**
 * From selection logits β to ranks, in plain numbers: rank_l = #{j : component j of layer l is kept}, by the variant's
 * own threshold or by the rule of the released GLUE code (docs/method.md).
 */
import type { RankRule, SelectionVariant } from '../config/experiment';

/** Which components of one layer stay. */
export interface LayerKeep {
  /** Number of kept components. */
  rank: number;
  /** keep[j]: component j stays. */
  keep: boolean[];
  /** What each component's value is compared with: 1/k, 0.5, or the mean. */
  threshold: number;
}

/**
 * Relative slack of comparisons with a mean or with 1/k: float32 rounds a uniform softmax to either side of 1/k, and
 * uniform selection must keep every component.
 */
const RANK_TOLERANCE = 1e-6;

/** a from β: softmax(β), β itself, or σ(β). */
export function selectionOf(beta: readonly number[], variant: SelectionVariant): number[] {
  if (variant === 'none') return [...beta];
  if (variant === 'sigmoid') return beta.map((b) => 1 / (1 + Math.exp(-b)));
  return softmax(beta);
}

export function softmax(logits: readonly number[]): number[] {
  const largest = Math.max(...logits);
  const powers = logits.map((logit) => Math.exp(logit - largest));
  const total = powers.reduce((sum, power) => sum + power, 0);
  return powers.map((power) => power / total);
}

/**
 * λ on the scale of a where it is one number for every layer: 1/k (softmax), 0.5 (sigmoid).
 * @param k components per layer at search
 */
export function uniformThreshold(variant: SelectionVariant, rule: RankRule, k: number): number | undefined {
  if (rule === 'raw-mean' || variant === 'none') return undefined;
  return variant === 'softmax' ? 1 / k : 0.5;
}

/** The β that every component begins with, where it is not a itself: `raw-mean` compares shares of Σβ, which 0 has none of. */
export const startingLogit = (rule: RankRule): 0 | 1 => (rule === 'raw-mean' ? 1 : 0);

/** True where a component stays: a ≥ λ within the relative tolerance. */
export const isKept = (a: number, threshold: number, tolerance = RANK_TOLERANCE): boolean =>
  a >= threshold - tolerance * Math.abs(threshold);

/**
 * Ranks of all layers.
 * @param betaByLayer logits, k per layer
 * @param k components per layer at search
 */
export function ranksOf(
  betaByLayer: readonly (readonly number[])[],
  variant: SelectionVariant,
  rule: RankRule,
  k: number,
): LayerKeep[] {
  return betaByLayer.map((beta) => keepOf(beta, variant, rule, k));
}

/**
 * The components that a layer of rank r is made of: the r that stand highest in the rule's own comparison, which are the
 * kept ones where r is the derived rank.
 * @param beta logits of one layer
 * @returns their indices, ascending
 */
export function survivorsOf(
  beta: readonly number[],
  variant: SelectionVariant,
  rule: RankRule,
  r: number,
): number[] {
  const values = comparedValues(beta, variant, rule);
  return [...values.keys()]
    .sort((i, j) => (values[j] as number) - (values[i] as number) || i - j)
    .slice(0, r)
    .sort((i, j) => i - j);
}

function keepOf(beta: readonly number[], variant: SelectionVariant, rule: RankRule, k: number): LayerKeep {
  if (beta.length !== k) throw new Error(`A layer has ${beta.length} selection logits; expected k = ${k}.`);
  const values = comparedValues(beta, variant, rule);
  const threshold =
    rule === 'raw-mean'
      ? 1 / k
      : (uniformThreshold(variant, rule, k) ?? beta.reduce((total, b) => total + b, 0) / k);
  // σ(0) is 0.5 in float32 too: no slack.
  const tolerance = rule === 'threshold' && variant === 'sigmoid' ? 0 : RANK_TOLERANCE;
  const keep = values.map((value) => isKept(value, threshold, tolerance));
  return { rank: keep.filter(Boolean).length, keep, threshold };
}

/** What the rule compares with its threshold, for each component of one layer. */
function comparedValues(beta: readonly number[], variant: SelectionVariant, rule: RankRule): number[] {
  if (rule === 'raw-mean') {
    // The released code compares β / Σβ with 1/k: β ≥ mean(β) where the sum is positive, the other way round where it
    // is negative, and nothing at all (0/0) for β = 0. Its logits start at 1.
    const sum = beta.reduce((total, b) => total + b, 0);
    return beta.map((b) => b / sum);
  }
  if (variant !== 'sigmoid') return selectionOf(beta, variant);
  // The comparison is float32's, in which the engine trains: σ(0) is 0.5 exactly, and so is σ(−1e-8).
  const { fround } = Math;
  return beta.map((b) => fround(1 / fround(1 + fround(Math.exp(-b)))));
}
