/** The comparison of estimators against PyTorch's own terms, and what a double backward takes in memory. */
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { adaptWithLora, initLora, loraTargets } from '../adapters/lora';
import { initSelection, selectionWeights } from '../adapters/selection';
import { type HypergradientInput, hypergradient } from '../bilevel/hypergradient';
import { agreementOf, exactHypergradient, implicitShare } from '../bilevel/inspection';
import { doubleBackwardBytes } from '../model/deviceLimits';
import {
  createTaskModel,
  disposeDeviceBatch,
  disposeTaskModel,
  initHead,
  toDevice,
} from '../model/taskModel';
import { ADAM_DEFAULTS, type AdamState, adamInit, adamUpdate } from '../optim/adamw';
import type { InspectRow } from '../runtime/protocol';
import { disposeRecord, keepRecord, type TensorRecord, valueAndGradients } from '../tensor/records';
import { expectNoLeak, switchBackend } from '../testing/backends';
import { carriedGolden, readGoldenFolder } from '../testing/goldenFolders';
import { TINY_SHAPE, tinyGpt2, tinyModel } from '../testing/tinyModel';
import { lossOn } from './batchLoss';
import { countKernels } from './bench';
import { CostMeter } from './cost';
import { inspectEstimators } from './inspectReport';
import {
  type AutoloraSetup,
  batchAt,
  disposeAutoloraSetup,
  goldenLoss,
  loadAutolora,
} from './verify/autoloraSetup';
import { type GoldenObject, openGoldenFolder } from './verify/folder';

beforeAll(() => switchBackend('wasm'));

describe.each(['autolora-roberta', 'autolora-gpt2'])('inspectEstimators on %s', (name) => {
  it('says of SGD’s rows what PyTorch’s terms say, and of the optimizer’s what the estimators give', async () => {
    const folder = openGoldenFolder(name, readGoldenFolder(join(carriedGolden, name)));
    await expectNoLeak(async () => {
      const setup = await loadAutolora(folder);
      const { weights, beta } = setup;
      const input: HypergradientInput = {
        weights,
        beta,
        trainLoss: goldenLoss(setup, setup.train[0] as never),
        validationLoss: goldenLoss(setup, setup.validation[0] as never),
        // None of these may reach the reference.
        options: {
          estimator: 'first-order',
          eta: 7,
          unroll: 'sgd',
          perturbAround: 'post-step',
          implicitScale: 'unit',
          finiteDifferenceRadius: 0.01,
        },
        adam: { state: warmAdam(setup), options: ADAM_DEFAULTS, learningRate: 1e-3 },
      };
      const entries = folder.golden.objects('hyper').filter((entry) => entry.number('eta') > 0);
      const etas = entries.map((entry) => entry.number('eta'));
      expect(etas).toEqual([0.01, 0.1]);
      const rows = await inspectEstimators(input, setup.layers, etas);
      checkOptimizerRows(input, rows);
      disposeRecord(input.adam?.state.mean ?? {});
      disposeRecord(input.adam?.state.square ?? {});
      for (const entry of entries) checkAgainst(entry, rows, setup.betaNames);
      disposeAutoloraSetup(setup);
    });
  });
});

/** Moments after a step, so that SAMA's derivative of Adam is not 0. */
function warmAdam({ weights, ...setup }: AutoloraSetup): AdamState {
  return tf.tidy(() => {
    const loss = goldenLoss({ weights, ...setup }, batchAt(setup.train, 1));
    const { gradients } = valueAndGradients(() => loss(weights, setup.beta), { weights });
    const { state } = adamUpdate(weights, gradients.weights, adamInit(weights), 1e-3, ADAM_DEFAULTS);
    return { ...state, mean: keepRecord(state.mean), square: keepRecord(state.square) };
  });
}

/** The rows through the optimizer's step against its exact hypergradient, which is another than that through SGD's. */
function checkOptimizerRows(input: HypergradientInput, rows: readonly InspectRow[]): void {
  const partsOf = (record: TensorRecord) => Object.values(record).map((tensor) => tensor.dataSync());
  const termsOf = ({ estimator, unroll, perturbAround, implicitScale }: InspectRow) => {
    const options = { ...input.options, estimator, unroll, perturbAround, implicitScale };
    return tf.tidy(() => {
      const { direct, implicit, total } = hypergradient({ ...input, options });
      return { direct: partsOf(direct), implicit: partsOf(implicit), total: partsOf(total) };
    });
  };
  const own = rows.filter(({ unroll }) => unroll === 'optimizer');
  expect(own.map(({ estimator }) => estimator)).toEqual([
    'exact',
    'sama',
    'sama',
    'finite-difference',
    'first-order',
  ]);
  const exact = termsOf(own[0] as InspectRow);
  const share = implicitShare(exact.direct, exact.implicit);
  expect(share).toBeGreaterThan(0);
  const closeTo = (number: number | undefined) =>
    number === undefined ? undefined : expect.closeTo(number, 6);
  for (const row of own) {
    const found = termsOf(row);
    for (const which of ['implicit', 'total'] as const) {
      const { cosine, ratio } = agreementOf(found[which], exact[which]);
      expect([row[which].cosine, row[which].ratio], row.estimator).toEqual([closeTo(cosine), closeTo(ratio)]);
    }
    expect(row.share).toBeCloseTo(implicitShare(found.direct, found.implicit), 6);
    expect(row.exactShare).toBeCloseTo(share, 6);
  }
  const [first, sama] = own as [InspectRow, InspectRow];
  for (const { cosine, ratio } of [first.implicit, first.total]) {
    expect(cosine).toBeCloseTo(1, 6);
    expect(ratio).toBeCloseTo(1, 6);
  }
  expect(sama.implicit.ratio).toBeGreaterThan(0);
}

/** The rows at one η, made from the folder's float64 terms; the forward difference stands near the exact one. */
function checkAgainst(
  entry: GoldenObject,
  rows: readonly InspectRow[],
  names: readonly [golden: string, own: string][],
): void {
  const term = (source: GoldenObject, key: string) =>
    names.map(([golden]) => source.preciseObject(key).tensor(golden).data);
  const exact = entry.object('exact');
  const of = (estimator: string, around: string, scale: string) =>
    rows.find(
      (row) =>
        row.eta === entry.number('eta') &&
        row.estimator === estimator &&
        row.perturbAround === around &&
        row.implicitScale === scale,
    ) as InspectRow;
  const share = implicitShare(term(exact, 'direct'), term(exact, 'implicit'));
  expect(share).toBeGreaterThan(0);
  expect(of('exact', 'pre-step', 'eta').share).toBeCloseTo(share, 5);
  // A central difference in float32 may differ from float64's by 1e-3 (the folder allows 2e-2); a cosine moves by that
  // times the sine.
  for (const [key, around, scale] of [
    ['darts_original', 'pre-step', 'eta'],
    ['betty_darts', 'post-step', 'unit'],
  ] as const) {
    const found = of('finite-difference', around, scale);
    const expected = entry.object(key);
    for (const which of ['implicit', 'total'] as const) {
      const { cosine = Number.NaN, ratio = Number.NaN } = agreementOf(
        term(expected, which),
        term(exact, which),
      );
      expect(Math.abs((found[which].cosine as number) - cosine)).toBeLessThanOrEqual(
        1e-3 * Math.sqrt(Math.max(0, 1 - cosine ** 2)) + 1e-6,
      );
      expect((found[which].ratio as number) / ratio).toBeCloseTo(1, 3);
    }
    expect(found.exactShare).toBeCloseTo(share, 5);
    expect(found.passes).toBe(4);
    // By layer as over all: here each β is a layer of its own.
    found.layers.forEach(({ implicit }, i) => {
      const { cosine = Number.NaN } = agreementOf(
        [term(expected, 'implicit')[i] as number[]],
        [term(exact, 'implicit')[i] as number[]],
      );
      expect(implicit.cosine).toBeCloseTo(cosine, 4);
    });
  }
  const shareOf = (row: InspectRow, direct: number[][], implicit: number[][]) =>
    expect(row.share).toBeCloseTo(implicitShare(direct, implicit), 4);
  const betty = entry.object('betty_darts');
  shareOf(of('finite-difference', 'post-step', 'unit'), term(betty, 'direct'), term(betty, 'implicit'));
  const forward = of('finite-difference-forward', 'pre-step', 'eta').implicit;
  expect(forward.cosine).toBeGreaterThan(0.999);
  expect(Math.abs((forward.ratio as number) - 1)).toBeLessThan(0.05);
  expect(of('first-order', 'pre-step', 'eta').implicit).toEqual({ ratio: 0 });
  expect(rows.map(({ passes }) => passes)).toEqual([
    ...[3, 4, 4, 4, 4, 3, 2],
    ...[3, 4, 4, 4, 4, 3, 2],
    ...[3, 4, 4, 4, 2],
  ]);
}

describe('agreementOf', () => {
  it('compares parts as one vector, and says nothing of a zero vector', () => {
    const { cosine, ratio } = agreementOf([[3], [4, 0]], [[0], [10, 0]]);
    expect(cosine).toBeCloseTo(0.8, 12);
    expect(ratio).toBeCloseTo(0.5, 12);
    expect(agreementOf([[0, 0]], [[1, 0]])).toEqual({ ratio: 0 });
    expect(agreementOf([[1, 0]], [[0, 0]])).toEqual({});
    expect(implicitShare([[3], [4]], [[0], [15]])).toBeCloseTo(0.75, 12);
    expect(implicitShare([[0]], [[0]])).toBe(0);
  });
});

describe.each(['roberta', 'gpt2'] as const)('doubleBackwardBytes of %s', (family) => {
  it('is what a layer adds to the peak', async () => {
    const peakOf = async (layers: number) => {
      const shape = {
        ...TINY_SHAPE,
        vocabSize: 300,
        layers,
        hiddenSize: 64,
        heads: 4,
        intermediateSize: 256,
      };
      const [size, length] = [4, 24];
      const head =
        family === 'gpt2'
          ? ({ kind: 'language', labelSmoothing: 0 } as const)
          : ({ kind: 'classification', outputs: 2 } as const);
      const source = family === 'gpt2' ? tinyGpt2(shape) : tinyModel(shape);
      const { model } = await createTaskModel(source, { head, pretrained: true, seed: 1 });
      const lora = loraTargets(model.config).map((target) => ({ ...target, rank: 4, scaling: 2 }));
      const weights = { ...initLora(lora, 1), ...initHead(model) };
      const beta = initSelection(lora, 'softmax');
      const tokens = size * length;
      const batch = toDevice(model, {
        size,
        length,
        inputIds: Int32Array.from({ length: tokens }, (_, i) => 5 + ((i * 7) % 200)),
        attentionMask: new Int32Array(tokens).fill(1),
        labels: family === 'gpt2' ? new Int32Array(tokens).fill(9) : new Float32Array(size),
      });
      const context = { model, config: { seed: 1, adapter: { dropout: 0 } } } as never;
      const hooks = (weights: TensorRecord, beta: TensorRecord) => ({
        adapt: adaptWithLora(lora, { weights, selection: selectionWeights(beta, 'softmax') }),
      });
      const cost = new CostMeter();
      const loss = lossOn(context, hooks, batch, { dropout: 0, stream: 'searchTrain', step: 0, cost });
      const options = {
        estimator: 'exact',
        eta: 0.1,
        unroll: 'sgd',
        perturbAround: 'pre-step',
        implicitScale: 'eta',
        finiteDifferenceRadius: 0.01,
      } as const;
      const before = tf.memory().numBytes;
      const { peakBytes } = await countKernels(async () =>
        tf.tidy(() => {
          exactHypergradient({ weights, beta, trainLoss: loss, validationLoss: loss, options });
        }),
      );
      const estimate = doubleBackwardBytes(model.config, size, length);
      for (const record of [weights, beta]) disposeRecord(record);
      disposeDeviceBatch(batch);
      disposeTaskModel(model);
      return { peak: peakBytes - before, estimate };
    };
    const [two, three] = [await peakOf(2), await peakOf(3)];
    expect((three.estimate - two.estimate) / (three.peak - two.peak)).toBeCloseTo(1, 1);
    // Of few layers it is an upper bound.
    expect(two.estimate).toBeGreaterThan(two.peak);
  });
});
