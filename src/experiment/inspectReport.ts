/** `autolora inspect`: every estimator of the hypergradient beside the exact one, at one state and on one pair of batches. */
import type { Hypergradient, HypergradientInput, HypergradientOptions } from '../bilevel/hypergradient';
import { hypergradient } from '../bilevel/hypergradient';
import { compareHypergradients, disposeTerms, exactHypergradient, keptTerms } from '../bilevel/inspection';
import { quantile } from '../metrics/quantile';
import type { InspectReport, InspectRow } from '../runtime/protocol';
import type { SearchRun } from './search';

/** How an estimator is called. */
type Convention = Omit<HypergradientOptions, 'eta' | 'finiteDifferenceRadius'>;

/** Timed runs per row; the median is reported. */
const runs = 3;

/**
 * Rows through the unrolled SGD step, and those that go through the optimizer's own step: SAMA, which approximates its
 * derivative, and what Betty, so the released code, computes (post-step, unit).
 */
const conventions: Record<'sgd' | 'optimizer', Convention[]> = {
  sgd: [
    row('exact', 'sgd', 'pre-step', 'eta'),
    row('finite-difference', 'sgd', 'pre-step', 'eta'),
    row('finite-difference', 'sgd', 'post-step', 'eta'),
    row('finite-difference', 'sgd', 'pre-step', 'unit'),
    row('finite-difference', 'sgd', 'post-step', 'unit'),
    row('finite-difference-forward', 'sgd', 'pre-step', 'eta'),
    row('first-order', 'sgd', 'pre-step', 'eta'),
  ],
  optimizer: [
    row('exact', 'optimizer', 'pre-step', 'eta'),
    row('sama', 'optimizer', 'pre-step', 'eta'),
    row('sama', 'optimizer', 'post-step', 'eta'),
    row('finite-difference', 'optimizer', 'post-step', 'unit'),
    row('first-order', 'optimizer', 'pre-step', 'eta'),
  ],
};

function row(
  estimator: Convention['estimator'],
  unroll: Convention['unroll'],
  perturbAround: Convention['perturbAround'],
  implicitScale: Convention['implicitScale'],
): Convention {
  return { estimator, unroll, perturbAround, implicitScale };
}

/**
 * Compares all estimators on the batches of a search's next step, which moves nothing of it.
 * @param etas lengths of the unrolled SGD step
 */
export async function inspectNextStep(search: SearchRun, etas: readonly number[]): Promise<InspectReport> {
  const { layers, step } = search;
  const { input, dispose } = search.nextHypergradient();
  try {
    const rows = await inspectEstimators(input, layers, etas, input.options);
    return { step, learningRate: input.adam?.learningRate ?? 0, rows };
  } finally {
    dispose();
  }
}

/**
 * Compares all estimators. Each row stands beside the exact hypergradient through its own unrolled step.
 * @param input one state and one pair of batches; its own estimator is not asked for
 * @param layers module and short name of every β
 * @param etas lengths of the unrolled SGD step
 * @param own what the search itself uses: a row too, where it is none of those that are always compared
 */
export async function inspectEstimators(
  input: HypergradientInput,
  layers: readonly { module: string; name: string }[],
  etas: readonly number[],
  own?: Convention,
): Promise<InspectRow[]> {
  const rows: InspectRow[] = [];
  const sgd = withOwn('sgd', own);
  for (const eta of etas) rows.push(...(await inspectUnroll(input, layers, sgd, eta)));
  // The optimizer's step has a length of its own, which no row of these reads: where η scales them, it is the experiment's.
  rows.push(...(await inspectUnroll(input, layers, withOwn('optimizer', own), undefined)));
  return rows;
}

function withOwn(unroll: Convention['unroll'], own: Convention | undefined): Convention[] {
  const all = conventions[unroll];
  if (own?.unroll !== unroll) return all;
  const { estimator, perturbAround, implicitScale } = own;
  const listed = all.some(
    (known) =>
      known.estimator === estimator &&
      // First-order has no implicit term to place or scale.
      (estimator === 'first-order' ||
        (known.perturbAround === perturbAround && known.implicitScale === implicitScale)),
  );
  return listed ? all : [...all, row(estimator, unroll, perturbAround, implicitScale)];
}

async function inspectUnroll(
  input: HypergradientInput,
  layers: readonly { module: string; name: string }[],
  all: readonly Convention[],
  eta: number | undefined,
): Promise<InspectRow[]> {
  const inputOf = (convention: Convention): HypergradientInput => ({
    ...input,
    options: { ...input.options, ...convention, eta: eta ?? input.options.eta },
  });
  const modules = layers.map(({ module }) => module);
  const reference = keptTerms(() => exactHypergradient(inputOf(all[0] as Convention)));
  const rows: InspectRow[] = [];
  try {
    for (const convention of all) {
      const times: number[] = [];
      let passes = 0;
      let found: Awaited<ReturnType<typeof compareHypergradients>> | undefined;
      for (let run = 0; run < runs; run++) {
        const counted = countPasses(inputOf(convention));
        const begin = performance.now();
        const terms = keptTerms(() => counted.compute());
        try {
          // Reading waits for the device.
          found = await compareHypergradients(terms, reference, modules);
        } finally {
          disposeTerms(terms);
        }
        times.push(performance.now() - begin);
        passes = counted.passes();
      }
      const { layers: byLayer, ...agreement } = found as NonNullable<typeof found>;
      rows.push({
        ...convention,
        ...(eta !== undefined && { eta }),
        ...agreement,
        layers: byLayer.map((agreementOfLayer, i) => ({
          layer: layers[i]?.name as string,
          ...agreementOfLayer,
        })),
        passes,
        ms: quantile(
          times.sort((x, y) => x - y),
          0.5,
        ),
      });
    }
  } finally {
    disposeTerms(reference);
  }
  return rows;
}

/** Counts how often a loss is evaluated; each is differentiated at least once. */
function countPasses(input: HypergradientInput): { compute(): Hypergradient; passes(): number } {
  let passes = 0;
  const counted =
    (loss: HypergradientInput['trainLoss']): HypergradientInput['trainLoss'] =>
    (...at) => {
      passes += 1;
      return loss(...at);
    };
  const { trainLoss, validationLoss } = input;
  return {
    compute: () =>
      hypergradient({ ...input, trainLoss: counted(trainLoss), validationLoss: counted(validationLoss) }),
    passes: () => passes,
  };
}
