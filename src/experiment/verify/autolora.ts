/**
 * Kind `autolora`: forward pass, gradients of W and β, exact hypergradients and finite differences at every η of the
 * folder, the ablations of the selection, and the trajectories.
 */
import * as tf from '@tensorflow/tfjs';
import { type HypergradientOptions, hypergradient } from '../../bilevel/hypergradient';
import type { SelectionVariant } from '../../config/experiment';
import type { BackendName, VerifyCheck } from '../../runtime/protocol';
import {
  normOfRecord,
  readTensors,
  type TensorRecord,
  tensorOf,
  valueAndGradients,
} from '../../tensor/records';
import {
  type AutoloraSetup,
  adapted,
  batchAt,
  disposeAutoloraSetup,
  goldenLoss,
  loadAutolora,
} from './autoloraSetup';
import { checkTrajectories } from './autoloraTrajectories';
import { boundOf, CheckList, SUGGESTED } from './checks';
import { type GoldenFolder, type GoldenObject, NotComparable } from './folder';
import { goldenLogits, ofTokens } from './goldenModel';

/** Bounds of the folder by what is compared. */
export interface AutoloraBounds {
  logits: number;
  gradients: number;
  hypergradient: number;
  finiteDifference: number;
  trajectories: number;
}

export async function verifyAutolora(folder: GoldenFolder, backend: BackendName): Promise<VerifyCheck[]> {
  const setup = await loadAutolora(folder);
  const bounds: AutoloraBounds = {
    logits: boundOf(folder, ['logits/loss', 'logits'], SUGGESTED.logits, backend),
    gradients: boundOf(folder, ['dLtr_dW', 'grads'], SUGGESTED.gradients, backend),
    hypergradient: boundOf(folder, ['exact hypergrad'], SUGGESTED.hypergradient, backend),
    finiteDifference: boundOf(
      folder,
      ['finite-difference implicit term in f32', 'finite-difference implicit term'],
      SUGGESTED.finiteDifference,
      backend,
    ),
    trajectories: boundOf(folder, ['trajectories'], SUGGESTED.trajectories, backend),
  };
  const list = new CheckList();
  try {
    const { golden } = folder;
    await checkPositions(list, setup, golden.object('batches'));
    if (golden.has('forward')) await checkForward(list, setup, golden.object('forward'), bounds);
    if (golden.has('hyper')) {
      for (const entry of golden.objects('hyper')) await checkHypergradients(list, setup, entry, bounds);
    }
    if (golden.has('variants')) {
      const variants = golden.object('variants');
      for (const name of variants.keys) await checkVariant(list, setup, name, variants.object(name), bounds);
    }
    if (golden.has('trajectories')) await checkTrajectories(list, setup, folder, bounds);
  } finally {
    disposeAutoloraSetup(setup);
  }
  return list.checks;
}

/** Reads records and compares them tensor by tensor under the folder's names. */
async function compareRecord(
  list: CheckList,
  prefix: string,
  actual: TensorRecord,
  expected: GoldenObject,
  names: readonly [golden: string, own: string][],
  tolerance: number,
): Promise<void> {
  const values = await readTensors(names.map(([, own]) => tensorOf(actual, own)));
  names.forEach(([name], i) => {
    list.relative(`${prefix}/${name}`, values[i] ?? [], expected.tensor(name).data, tolerance);
  });
}

/** Position ids of every batch, where the folder has them. */
async function checkPositions(list: CheckList, setup: AutoloraSetup, batches: GoldenObject): Promise<void> {
  for (const [key, own] of [
    ['train', setup.train],
    ['val', setup.validation],
  ] as const) {
    for (const [i, expected] of batches.objects(key).entries()) {
      if (!expected.has('position_ids')) continue;
      const positions = await batchAt(own, i).tokens.positionIds.data();
      list.exact(`${key} batch ${i + 1}/position_ids`, [...positions], expected.tensor('position_ids').data);
    }
  }
}

async function checkForward(
  list: CheckList,
  setup: AutoloraSetup,
  forward: GoldenObject,
  bounds: AutoloraBounds,
): Promise<void> {
  const { weights, beta, weightNames, betaNames } = setup;
  const { model } = setup.model;
  const [train, validation] = [batchAt(setup.train, 0), batchAt(setup.validation, 0)];
  const computed = tf.tidy(() => ({
    logits: goldenLogits(model, weights, train, adapted(setup, 'softmax', weights, beta)) as tf.Tensor,
    train: valueAndGradients(() => goldenLoss(setup, train)(weights, beta), { weights, beta }),
    validation: valueAndGradients(() => goldenLoss(setup, validation)(weights, beta), { beta }),
  }));
  const [logits, trainLoss, validationLoss] = await readTensors([
    computed.logits,
    computed.train.value,
    computed.validation.value,
  ]);
  if (forward.has('train_logits'))
    list.relative(
      'train_logits',
      ofTokens(model, logits ?? [], train),
      ofTokens(model, forward.tensor('train_logits').data, train),
      bounds.logits,
    );
  if (forward.hasPrecise('train_loss'))
    list.relative('train_loss', trainLoss ?? [], [forward.precise('train_loss')], bounds.logits);
  if (forward.hasPrecise('val_loss'))
    list.relative('val_loss', validationLoss ?? [], [forward.precise('val_loss')], bounds.logits);
  const gradients: [string, TensorRecord, [string, string][]][] = [
    ['dLtr_dW', computed.train.gradients.weights, weightNames],
    ['dLtr_dbeta', computed.train.gradients.beta, betaNames],
    ['dLval_dbeta', computed.validation.gradients.beta, betaNames],
  ];
  for (const [key, record, names] of gradients) {
    if (forward.hasPrecise(key))
      await compareRecord(list, key, record, forward.preciseObject(key), names, bounds.gradients);
  }
  tf.dispose(computed as unknown as tf.TensorContainer);
}

/** One estimate at the folder's W and β, on its first batches. */
async function estimate(
  setup: AutoloraSetup,
  variant: SelectionVariant,
  options: Partial<HypergradientOptions> & Pick<HypergradientOptions, 'estimator' | 'eta'>,
) {
  const { weights, beta } = setup;
  const kept = tf.tidy(() => {
    const result = hypergradient({
      weights,
      beta,
      trainLoss: goldenLoss(setup, batchAt(setup.train, 0), variant),
      validationLoss: goldenLoss(setup, batchAt(setup.validation, 0), variant),
      options: {
        unroll: 'sgd',
        perturbAround: 'pre-step',
        implicitScale: 'eta',
        finiteDifferenceRadius: 0.01,
        ...options,
      },
    });
    const { trainLoss, validationLoss, direct, implicit, total, vector } = result;
    return { trainLoss, validationLoss, direct, implicit, total, vectorNorm: normOfRecord(vector) };
  });
  const [trainLoss, validationLoss, vectorNorm] = await readTensors([
    kept.trainLoss,
    kept.validationLoss,
    kept.vectorNorm,
  ]);
  return {
    trainLoss: trainLoss ?? [],
    validationLoss: validationLoss ?? [],
    vectorNorm: vectorNorm ?? [],
    records: { direct: kept.direct, implicit: kept.implicit, total: kept.total },
    dispose: () => tf.dispose(kept as unknown as tf.TensorContainer),
  };
}

async function checkHypergradients(
  list: CheckList,
  setup: AutoloraSetup,
  entry: GoldenObject,
  bounds: AutoloraBounds,
): Promise<void> {
  const eta = entry.number('eta');
  if (entry.has('exact')) {
    const expected = entry.object('exact');
    const name = `eta ${eta}/exact`;
    const found = await estimate(setup, 'softmax', { estimator: 'exact', eta });
    if (expected.hasPrecise('val_loss_at_Wprime'))
      list.relative(
        `${name} val_loss`,
        found.validationLoss,
        [expected.precise('val_loss_at_Wprime')],
        bounds.logits,
      );
    await compareTerms(list, name, found.records, expected, setup, bounds.hypergradient);
    found.dispose();
  }
  // Betty differentiates around W' and leaves η out; the original DARTS differentiates around W.
  const differences = [
    { key: 'darts_original', perturbAround: 'pre-step', implicitScale: 'eta' },
    { key: 'betty_darts', perturbAround: 'post-step', implicitScale: 'unit' },
  ] as const;
  for (const { key, ...convention } of differences) {
    if (!entry.has(key)) continue;
    const expected = entry.object(key);
    const name = `eta ${eta}/${key}`;
    const radius = expected.has('epsilon') ? expected.number('epsilon') * expected.number('v_norm') : 0.01;
    const found = await estimate(setup, 'softmax', {
      estimator: 'finite-difference',
      eta,
      finiteDifferenceRadius: radius,
      ...convention,
    });
    if (expected.has('v_norm'))
      list.relative(`${name} v_norm`, found.vectorNorm, [expected.number('v_norm')], bounds.gradients);
    await compareTerms(list, name, found.records, expected, setup, bounds.finiteDifference);
    found.dispose();
    if (!expected.hasPrecise('exact_limit_implicit')) continue;
    const limit = await estimate(setup, 'softmax', { estimator: 'exact', eta, ...convention });
    const wanted = expected.preciseObject('exact_limit_implicit');
    await compareRecord(
      list,
      `${name} exact_limit_implicit`,
      limit.records.implicit,
      wanted,
      setup.betaNames,
      bounds.hypergradient,
    );
    limit.dispose();
  }
}

async function compareTerms(
  list: CheckList,
  name: string,
  records: Record<'direct' | 'implicit' | 'total', TensorRecord>,
  expected: GoldenObject,
  setup: AutoloraSetup,
  tolerance: number,
): Promise<void> {
  for (const term of ['direct', 'implicit', 'total'] as const) {
    if (expected.hasPrecise(term))
      await compareRecord(
        list,
        `${name} ${term}`,
        records[term],
        expected.preciseObject(term),
        setup.betaNames,
        tolerance,
      );
  }
}

const VARIANTS: readonly SelectionVariant[] = ['softmax', 'none', 'sigmoid'];

/** `exact_total_eta0.1` and the like, under another selection. */
async function checkVariant(
  list: CheckList,
  setup: AutoloraSetup,
  name: string,
  expected: GoldenObject,
  bounds: AutoloraBounds,
): Promise<void> {
  const variant = VARIANTS.find((known) => known === name);
  if (!variant)
    throw new NotComparable(
      `golden.json has the selection variant "${name}"; known are ${VARIANTS.join(', ')}.`,
    );
  const etas = new Set(expected.keys.flatMap((key) => /_eta([\d.e-]*\d)/.exec(key)?.[1] ?? []));
  for (const text of etas) {
    const found = await estimate(setup, variant, { estimator: 'exact', eta: Number(text) });
    if (expected.hasPrecise('train_loss'))
      list.relative(`${name}/train_loss`, found.trainLoss, [expected.precise('train_loss')], bounds.logits);
    const loss = `val_loss_at_Wprime_eta${text}`;
    if (expected.hasPrecise(loss))
      list.relative(`${name}/${loss}`, found.validationLoss, [expected.precise(loss)], bounds.logits);
    for (const term of ['total', 'direct', 'implicit'] as const) {
      const key = `exact_${term}_eta${text}`;
      if (expected.hasPrecise(key))
        await compareRecord(
          list,
          `${name}/${key}`,
          found.records[term],
          expected.preciseObject(key),
          setup.betaNames,
          bounds.hypergradient,
        );
    }
    found.dispose();
  }
}
