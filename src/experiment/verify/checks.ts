/** Comparison of computed with expected numbers, and the tolerances a golden folder writes in words. */
import type { BackendName, VerifyCheck } from '../../runtime/protocol';
import type { GoldenFolder } from './folder';

/** Error of a quantity that could not be compared element by element: NaN, or another size. */
const HOPELESS = Number.MAX_VALUE;

/** Collects checks in the order they are made. */
export class CheckList {
  readonly checks: VerifyCheck[] = [];

  /**
   * max|actual − expected| / size, where size is max|expected| unless given; against zeros the absolute difference.
   */
  relative(
    name: string,
    actual: ArrayLike<number>,
    expected: ArrayLike<number>,
    tolerance: number,
    size = largestMagnitude(expected),
  ): void {
    this.add(name, largestDifference(actual, expected) / (size || 1), tolerance);
  }

  /** max|actual − expected| */
  absolute(name: string, actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
    this.add(name, largestDifference(actual, expected), tolerance);
  }

  /** Number of places that differ; none may. */
  exact(name: string, actual: readonly unknown[], expected: readonly unknown[]): void {
    let wrong = Math.abs(actual.length - expected.length);
    for (let i = 0; i < Math.min(actual.length, expected.length); i++)
      if (actual[i] !== expected[i]) wrong += 1;
    this.add(name, wrong, 0);
  }

  add(name: string, error: number, tolerance: number): void {
    const finite = Number.isFinite(error) ? error : HOPELESS;
    this.checks.push({ name, error: finite, tolerance, passed: finite <= tolerance });
  }
}

export function largestMagnitude(values: ArrayLike<number>): number {
  let largest = 0;
  for (let i = 0; i < values.length; i++) largest = Math.max(largest, Math.abs(values[i] as number));
  return largest;
}

export function largestDifference(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return HOPELESS;
  let worst = 0;
  for (let i = 0; i < expected.length; i++) {
    const difference = Math.abs((actual[i] as number) - (expected[i] as number));
    if (!(difference <= worst)) worst = Number.isNaN(difference) ? HOPELESS : difference;
  }
  return worst;
}

/** A bound for the CPU backends and one for the GPU. */
export interface Bound {
  host: number;
  gpu: number;
}

/** What the README of the golden folders suggests where a folder gives no bound. */
export const SUGGESTED = {
  logits: { host: 1e-4, gpu: 1e-4 },
  loss: { host: 1e-4, gpu: 1e-4 },
  gradients: { host: 1e-4, gpu: 5e-4 },
  hypergradient: { host: 2e-4, gpu: 1e-3 },
  finiteDifference: { host: 2e-2, gpu: 2e-2 },
  trajectories: { host: 2e-5, gpu: 1e-4 },
} satisfies Record<string, Bound>;

/**
 * The bound that a folder's `tolerance` object gives in words, e.g. `abs<=1e-4*max|grad tensor| (GPU 5e-4)`; the
 * suggested one where it gives none under any of the keys.
 */
export function boundOf(
  folder: GoldenFolder,
  keys: readonly string[],
  suggested: Bound,
  backend: BackendName,
): number {
  const tolerance = folder.golden.has('tolerance') ? folder.golden.object('tolerance').raw : {};
  const text = keys.map((key) => tolerance[key]).find((value) => typeof value === 'string');
  const numeral = '(\\d+(?:\\.\\d+)?(?:e-?\\d+)?)';
  const numberAfter = (pattern: string) => {
    const match = typeof text === 'string' ? new RegExp(`${pattern}\\s*${numeral}`).exec(text) : null;
    return match ? Number(match[1]) : undefined;
  };
  const host = numberAfter('(?:<=?|rel)');
  if (backend !== 'webgpu') return host ?? suggested.host;
  return numberAfter('GPU') ?? Math.max(host ?? 0, suggested.gpu);
}
