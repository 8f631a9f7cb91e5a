/**
 * Estimators under the microscope: the implicit term an estimator gives beside the exact hypergradient, at the same
 * W, β and batches.
 */
import type * as tf from '@tensorflow/tfjs';
import type { Agreement, HypergradientAgreement } from '../telemetry/events';
import { allOrNothing, disposeRecord, readTensors, type TensorRecord, tensorOf } from '../tensor/records';
import { type Hypergradient, type HypergradientInput, hypergradient } from './hypergradient';

/** The two terms of a hypergradient by module, each (k). */
export type Terms = Pick<Hypergradient, 'direct' | 'implicit'>;

/**
 * dL_V(W'(β), β)/dβ through the unrolled step of `input`, by double backward: what every estimator stands for, whatever
 * point it perturbs around and whatever factor it leaves out. Call inside `tf.tidy`.
 */
export function exactHypergradient(input: HypergradientInput): Hypergradient {
  const options = {
    ...input.options,
    estimator: 'exact',
    perturbAround: 'pre-step',
    implicitScale: 'eta',
  } as const;
  return hypergradient({ ...input, options });
}

/** Both terms for the caller to dispose; all else is freed. */
export const keptTerms = (compute: () => Terms): Terms =>
  allOrNothing(() => {
    const { direct, implicit } = compute();
    return { direct, implicit };
  });

export function disposeTerms({ direct, implicit }: Terms): void {
  disposeRecord(direct);
  disposeRecord(implicit);
}

type Numbers = ArrayLike<number>;

/** Sum over several arrays taken as one vector, in float64. */
function dot(x: readonly Numbers[], y: readonly Numbers[]): number {
  let total = 0;
  x.forEach((values, part) => {
    for (let i = 0; i < values.length; i++) total += (values[i] as number) * (y[part]?.[i] as number);
  });
  return total;
}

const normOf = (x: readonly Numbers[]) => Math.sqrt(dot(x, x));

/** Cosine and norm ratio of two vectors, each given in parts. */
export function agreementOf(estimate: readonly Numbers[], exact: readonly Numbers[]): Agreement {
  const [norm, exactNorm] = [normOf(estimate), normOf(exact)];
  return {
    ...(norm > 0 && exactNorm > 0 && { cosine: dot(estimate, exact) / norm / exactNorm }),
    ...(exactNorm > 0 && { ratio: norm / exactNorm }),
  };
}

/** ‖implicit‖ / (‖direct‖ + ‖implicit‖); 0 where both are 0. */
export function implicitShare(direct: readonly Numbers[], implicit: readonly Numbers[]): number {
  const [d, i] = [normOf(direct), normOf(implicit)];
  return i === 0 ? 0 : i / (d + i);
}

/** Both terms of one module as plain numbers. */
interface ModuleTerms {
  direct: Numbers;
  implicit: Numbers;
}

const sumOf = ({ direct, implicit }: ModuleTerms): Float64Array =>
  Float64Array.from(direct, (d, i) => d + (implicit[i] as number));

function compare(estimate: readonly ModuleTerms[], exact: readonly ModuleTerms[]): HypergradientAgreement {
  const [implicit, exactImplicit] = [estimate, exact].map((terms) => terms.map((term) => term.implicit)) as [
    Numbers[],
    Numbers[],
  ];
  const direct = (terms: readonly ModuleTerms[]) => terms.map((term) => term.direct);
  return {
    total: agreementOf(estimate.map(sumOf), exact.map(sumOf)),
    implicit: agreementOf(implicit, exactImplicit),
    share: implicitShare(direct(estimate), implicit),
    exactShare: implicitShare(direct(exact), exactImplicit),
  };
}

/**
 * Reads both hypergradients in one transfer and compares them over all β and module by module.
 * @param modules of the β to compare, in the order of `layers`
 */
export async function compareHypergradients(
  estimate: Terms,
  exact: Terms,
  modules: readonly string[],
): Promise<HypergradientAgreement & { layers: HypergradientAgreement[] }> {
  const all = ({ direct, implicit }: Terms): tf.Tensor[] =>
    [direct, implicit].flatMap((record: TensorRecord) => modules.map((module) => tensorOf(record, module)));
  const read = await readTensors([...all(estimate), ...all(exact)]);
  const n = modules.length;
  const termsAt = (start: number): ModuleTerms[] =>
    modules.map((_, i) => ({
      direct: read[start + i] as Float32Array,
      implicit: read[start + n + i] as Float32Array,
    }));
  const [estimated, reference] = [termsAt(0), termsAt(2 * n)];
  return {
    ...compare(estimated, reference),
    layers: modules.map((_, i) => {
      const at = (terms: ModuleTerms[]) => [terms[i] as ModuleTerms];
      return compare(at(estimated), at(reference));
    }),
  };
}
