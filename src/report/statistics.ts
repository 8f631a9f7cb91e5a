/** Statistics of runs over seeds: spread, the paired t-test, Wilcoxon's signed-rank test, agreement of rank vectors. */
import { averageRanks } from '../metrics/correlation';
import { mean } from '../metrics/mean';

/** Sample standard deviation (divisor n − 1); undefined for fewer than two numbers, which have no spread. */
export function sampleDeviation(values: readonly number[]): number | undefined {
  if (values.length < 2) return undefined;
  const centre = mean(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1));
}

/** Standard error of the mean; undefined for fewer than two numbers. */
export function standardError(values: readonly number[]): number | undefined {
  const deviation = sampleDeviation(values);
  return deviation === undefined ? undefined : deviation / Math.sqrt(values.length);
}

export interface PairedTest {
  /** t of the t-test; W, the smaller of the two rank sums, of Wilcoxon's. */
  statistic: number;
  /** Two-sided. */
  pValue: number;
  /** Pairs that were tested. */
  pairs: number;
}

function differences(left: readonly number[], right: readonly number[]): number[] {
  if (left.length !== right.length)
    throw new Error(`A paired test needs lists of one length, not ${left.length} and ${right.length}.`);
  return left.map((value, i) => value - (right[i] as number));
}

/**
 * Paired t-test, two-sided, as `scipy.stats.ttest_rel`; but where all pairs are equal, p is 1 (scipy: NaN).
 * @returns undefined for fewer than two pairs, and where all differ by the same (scipy: p = 0): without a spread nothing can be said
 * @throws Error on lists of unequal length
 */
export function pairedTTest(left: readonly number[], right: readonly number[]): PairedTest | undefined {
  const deltas = differences(left, right);
  const error = standardError(deltas);
  if (error === undefined) return undefined;
  const centre = mean(deltas);
  // Scores on a few hundred examples are coarse: two seeds often differ by the same count, but for rounding.
  if (centre !== 0 && error < 1e-9 * Math.abs(centre)) return undefined;
  const statistic = centre === 0 ? 0 : centre / error;
  return { statistic, pValue: studentTwoSided(statistic, deltas.length - 1), pairs: deltas.length };
}

/** P(|T| ≥ |t|) of Student's distribution: I_x(df/2, 1/2) with x = df / (df + t²). */
export function studentTwoSided(t: number, degreesOfFreedom: number): number {
  if (!Number.isFinite(t)) return Number.isNaN(t) ? Number.NaN : 0;
  return incompleteBeta(degreesOfFreedom / (degreesOfFreedom + t * t), degreesOfFreedom / 2, 0.5);
}

/**
 * Regularised incomplete beta function I_x(a, b) by its continued fraction (Abramowitz & Stegun 26.5.8, evaluated as
 * Lentz does), on the side of x where it converges quickly.
 */
export function incompleteBeta(x: number, a: number, b: number): number {
  if (!(x >= 0 && x <= 1 && a > 0 && b > 0))
    throw new Error(`The incomplete beta function has no value at x = ${x}, a = ${a}, b = ${b}.`);
  if (x === 0 || x === 1) return x;
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x));
  // Keeps a denominator that happens to vanish away from 0.
  const away = (value: number) => (Math.abs(value) < 1e-300 ? 1e-300 : value);
  let c = 1;
  let d = 1 / away(1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  for (let m = 1; m <= 1000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    for (const step of [even, odd]) {
      d = 1 / away(1 + step * d);
      c = away(1 + step / c);
      fraction *= c * d;
    }
    if (Math.abs(c * d - 1) < 1e-15) break;
  }
  return (front * fraction) / a;
}

/** ln Γ(x) for x > 0, by Lanczos' approximation (g = 7, nine terms), to about 1e-14. */
export function logGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
  const [first, ...rest] = LANCZOS;
  const series = rest.reduce<number>((sum, term, i) => sum + term / (x + i), first);
  const t = x + 6.5;
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(t) - t + Math.log(series);
}

const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
] as const;

/** Above so many pairs the exact distribution is not counted out. */
const mostExactPairs = 50;

/**
 * Wilcoxon's signed-rank test, two-sided, by the exact distribution over all signs (that of the average ranks where
 * differences tie, which scipy leaves to the normal approximation); pairs that are equal are left out, as Wilcoxon did.
 * @returns undefined where no pair differs
 * @throws Error on unequal lengths, or above 50 differing pairs
 */
export function wilcoxonSignedRank(
  left: readonly number[],
  right: readonly number[],
): PairedTest | undefined {
  const deltas = differences(left, right).filter((delta) => delta !== 0);
  if (deltas.length === 0) return undefined;
  if (deltas.length > mostExactPairs)
    throw new Error(
      `The exact signed-rank test is for at most ${mostExactPairs} pairs, not ${deltas.length}.`,
    );
  // To twelve digits: shares like 0.784 − 0.780 and 0.796 − 0.792 tie but for their rounding. Doubled, ranks are whole.
  const sizes = deltas.map((delta) => Number(Math.abs(delta).toPrecision(12)));
  const ranks = averageRanks(sizes).map((rank) => Math.round(2 * rank));
  const total = ranks.reduce((sum, rank) => sum + rank, 0);
  const positive = ranks.reduce((sum, rank, i) => sum + ((deltas[i] as number) > 0 ? rank : 0), 0);
  const smaller = Math.min(positive, total - positive);
  // ways[s]: of all 2^n signs, the share whose positive ranks add up to s.
  const ways = new Float64Array(total + 1);
  ways[0] = 1;
  for (const rank of ranks)
    for (let sum = total; sum >= 0; sum--)
      ways[sum] = ((ways[sum] as number) + (sum >= rank ? (ways[sum - rank] as number) : 0)) / 2;
  const tail = ways.slice(0, smaller + 1).reduce((sum, share) => sum + share, 0);
  return { statistic: smaller / 2, pValue: Math.min(1, 2 * tail), pairs: deltas.length };
}

/**
 * Kendall's τ-b of two vectors, ties accounted for, as `scipy.stats.kendalltau`; 0 where one is constant (scipy: NaN).
 * @throws Error on unequal or too short lists
 */
export function kendallCorrelation(x: readonly number[], y: readonly number[]): number {
  if (x.length !== y.length)
    throw new Error(`A correlation needs lists of one length, not ${x.length} and ${y.length}.`);
  if (x.length < 2) throw new Error('A correlation needs at least two pairs of numbers.');
  let score = 0;
  let untiedX = 0;
  let untiedY = 0;
  for (let i = 0; i < x.length; i++)
    for (let j = 0; j < i; j++) {
      const dx = Math.sign((x[i] as number) - (x[j] as number));
      const dy = Math.sign((y[i] as number) - (y[j] as number));
      score += dx * dy;
      untiedX += dx * dx;
      untiedY += dy * dy;
    }
  return untiedX === 0 || untiedY === 0 ? 0 : score / Math.sqrt(untiedX * untiedY);
}

/** Whether its numbers are not all the same: a correlation with a constant vector is not defined. */
export const hasOrder = (vector: readonly number[]): boolean => new Set(vector).size > 1;

/**
 * How well rank vectors of several runs agree: the mean of a correlation over all pairs of runs; constant vectors are left out.
 * @returns undefined for fewer than two vectors
 */
export function meanAgreement(
  vectors: readonly (readonly number[])[],
  correlation: (x: readonly number[], y: readonly number[]) => number,
): number | undefined {
  const pairs = vectors
    .filter(hasOrder)
    .flatMap((x, i, ordered) => ordered.slice(0, i).map((y) => correlation(x, y)));
  return pairs.length > 0 ? mean(pairs) : undefined;
}
