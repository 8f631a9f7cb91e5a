/**
 * Kind `adalora`: a two-layer net trained by AdaLoRA step by step (losses, penalties, budgets, masks, E, final weights), and
 * steps on given gradients (scores, budgets, masks), by the functions that training itself calls.
 */
import * as tf from '@tensorflow/tfjs';
import { adaptWithLora, type LoraLayer, loraAName, loraBName } from '../../adapters/lora';
import { RANK_OFFSET } from '../../adapters/peftAdalora';
import {
  allocate,
  type BudgetSchedule,
  budgetAt,
  loraEName,
  orthogonality,
  tripletScores,
} from '../../methods/adalora';
import { ADAM_DEFAULTS, type AdamState, adamInit, adamUpdate } from '../../optim/adamw';
import type { VerifyCheck } from '../../runtime/protocol';
import { totalRank } from '../../telemetry/ranks';
import { linear } from '../../tensor/ops';
import { type TensorRecord, tensorOf, valueAndGradients, zerosLikeRecord } from '../../tensor/records';
import { CheckList } from './checks';
import { type GoldenFolder, type GoldenObject, NotComparable } from './folder';

/** Bounds, from the folder's own words. */
interface Bounds {
  scores: number;
  losses: number;
  parameters: number;
}

function boundsOf(golden: GoldenObject): Bounds {
  const words = golden.string('tolerance');
  const after = (what: string) => {
    const found = new RegExp(`${what} (?:rel|abs) (\\d+(?:\\.\\d+)?(?:e-?\\d+)?)`).exec(words)?.[1];
    if (found === undefined) throw new NotComparable(`golden.json: tolerance says nothing of ${what}.`);
    return Number(found);
  };
  return { scores: after('scores'), losses: after('losses'), parameters: after('final params') };
}

/** The reference's name of a trained tensor, `l0.lora_E`, as this engine's. */
const NAMES = { lora_A: loraAName, lora_E: loraEName, lora_B: loraBName } as const;
function ownName(name: string): string {
  const [module = '', part = ''] = name.split('.');
  return NAMES[part as keyof typeof NAMES]?.(module) ?? name;
}

interface Net {
  layers: LoraLayer[];
  /** Base weights and biases by the reference's names. */
  frozen: TensorRecord;
  trainable: TensorRecord;
}

function netOf(golden: GoldenObject): Net {
  const init = golden.object('init');
  const loraAlpha = golden.object('config').number('lora_alpha');
  const modules = init.keys.filter((key) => key.endsWith('.lora_A')).map((key) => key.replace('.lora_A', ''));
  const layers = modules.map((module) => {
    const [rank = 0, inSize = 0] = init.tensor(`${module}.lora_A`).shape;
    const [outSize = 0] = init.tensor(`${module}.lora_B`).shape;
    return { module, name: module, inSize, outSize, rank, scaling: loraAlpha / (rank + RANK_OFFSET) };
  });
  const frozen: Record<string, tf.Tensor> = {};
  const trainable: Record<string, tf.Tensor> = {};
  for (const key of init.keys) {
    if (/\.lora_[AEB]$/.test(key)) trainable[ownName(key)] = tensorAt(init, key);
    else if (/\.(weight|bias)$/.test(key)) frozen[key] = tensorAt(init, key);
  }
  return { layers, frozen, trainable };
}

/** E is (r, 1) there and (r) here. */
function tensorAt(object: GoldenObject, key: string): tf.Tensor {
  const { shape, data } = object.tensor(key);
  return key.endsWith('.lora_E') ? tf.tensor1d(data) : tf.tensor(data, shape);
}

/** l1(tanh(l0(x))): every layer but the last is followed by tanh. @returns (B, out) */
function outputs({ layers, frozen }: Net, weights: TensorRecord, x: tf.Tensor): tf.Tensor {
  const selection = Object.fromEntries(
    layers.map(({ module }) => [module, tensorOf(weights, loraEName(module))]),
  );
  const adapt = adaptWithLora(layers, { weights, selection });
  return layers.reduce((input, { module }, i) => {
    const base = linear(input, tensorOf(frozen, `${module}.weight`), tensorOf(frozen, `${module}.bias`));
    const output = adapt(module, input, base);
    return i < layers.length - 1 ? tf.tanh(output) : output;
  }, x);
}

function scheduleOf(config: GoldenObject, layers: readonly LoraLayer[]): BudgetSchedule {
  return {
    steps: config.number('total_step'),
    initialSteps: config.number('init_warmup'),
    finalSteps: config.number('final_warmup'),
    maskEvery: config.number('mask_interval'),
    initialBudget: totalRank(layers),
    targetBudget: config.number('target_rank') * layers.length,
  };
}

/** Largest error of any score in its own terms. */
function scoreError(actual: readonly number[], expected: readonly number[]): number {
  if (actual.length !== expected.length) return Number.POSITIVE_INFINITY;
  return Math.max(...expected.map((value, i) => Math.abs((actual[i] as number) - value) / Math.abs(value)));
}

/** The largest score of the triplets outside the budget. */
async function largestPruned(
  layers: readonly LoraLayer[],
  state: Trained['state'],
  budget: number,
): Promise<number> {
  const scores = await Promise.all(layers.map((layer) => numbersOf(tripletScores(state, layer))));
  return scores.flat().sort((a, b) => b - a)[budget] as number;
}

const bits = (values: readonly number[]) => values.map((value) => (value === 0 ? 0 : 1));
const numbersOf = (tensor: tf.Tensor): Promise<number[]> => tensor.data().then((values) => [...values]);

interface Trained {
  weights: TensorRecord;
  state: { sensitivity: TensorRecord; uncertainty: TensorRecord };
}

const freshState = (weights: TensorRecord): Trained['state'] => ({
  sensitivity: zerosLikeRecord(weights),
  uncertainty: zerosLikeRecord(weights),
});

export async function verifyAdalora({ golden }: GoldenFolder): Promise<VerifyCheck[]> {
  const list = new CheckList();
  const bounds = boundsOf(golden);
  const net = netOf(golden);
  checkSchedule(list, golden, net);
  await checkTraining(list, golden, net, bounds);
  await checkFixedGradients(list, golden, net, bounds);
  return list.checks;
}

function checkSchedule(list: CheckList, golden: GoldenObject, { layers }: Net): void {
  const schedule = scheduleOf(golden.object('config'), layers);
  const expected = golden.objects('budget_schedule');
  const found = expected.map((row) => budgetAt(schedule, row.number('step')));
  list.exact(
    'budget_schedule',
    found.map(({ budget }) => budget),
    expected.map((row) => row.number('budget')),
  );
  list.exact(
    'budget_schedule masks',
    found.map(({ masks }) => masks),
    expected.map((row) => row.raw.mask),
  );
}

async function checkTraining(list: CheckList, golden: GoldenObject, net: Net, bounds: Bounds): Promise<void> {
  const config = golden.object('config');
  const betas = { beta1: config.number('beta1'), beta2: config.number('beta2') };
  const penaltyWeight = config.number('orth_reg_weight');
  const learningRate = Number(/\blr ([\d.e-]+)/.exec(config.string('optimizer'))?.[1]);
  const schedule = scheduleOf(config, net.layers);
  const batches = golden.objects('batches');
  const official = golden.object('official');
  let { trainable: weights } = net;
  let state = freshState(weights);
  let adam: AdamState = adamInit(weights);
  for (const [i, expected] of official.objects('steps').entries()) {
    const step = expected.number('step');
    const batch = batches[i] as GoldenObject;
    const [x, y] = [tensorAt(batch, 'x'), tensorAt(batch, 'y')];
    const at = weights;
    const meanSquare = () => {
      const error = tf.sub(outputs(net, at, x), y);
      return tf.mean(tf.mul(error, error)) as tf.Scalar;
    };
    const penalty = () => tf.mul(orthogonality(net.layers, at) as tf.Scalar, penaltyWeight) as tf.Scalar;
    const pass = valueAndGradients(() => tf.add(meanSquare(), penalty()) as tf.Scalar, { weights });
    // The reference writes the two parts of the loss apart.
    const [loss, ortho] = [await numbersOf(meanSquare()), await numbersOf(penalty())];
    const gradients = pass.gradients.weights;
    const stepped = adamUpdate(weights, gradients, adam, learningRate, ADAM_DEFAULTS);
    adam = stepped.state;
    const taken = { weights: stepped.weights, gradients, gradientScale: undefined, state, step };
    const next: Trained = allocate(net.layers, schedule, betas, taken);
    weights = next.weights;
    state = next.state;

    const named = `step ${step}`;
    const { budget, masks } = budgetAt(schedule, step);
    list.exact(`${named}/budget`, [budget, masks], [expected.number('budget'), expected.raw.masked]);
    list.relative(`${named}/loss`, loss, [expected.precise('loss')], bounds.losses);
    list.relative(`${named}/orthogonality`, ortho, [expected.precise('ortho')], bounds.losses);
    for (const { module } of net.layers) {
      const key = `${module}.lora_E`;
      const e = await numbersOf(tensorOf(weights, loraEName(module)));
      list.exact(`${named}/mask of ${module}`, bits(e), expected.object('nonzero').numbers(key));
      list.absolute(`${named}/E of ${module}`, e, expected.object('E_after').numbers(key), bounds.parameters);
    }
    if (expected.has('threshold_f64')) {
      const wanted = expected.number('threshold_f64');
      list.add(
        `${named}/threshold`,
        scoreError([await largestPruned(net.layers, state, budget)], [wanted]),
        bounds.scores,
      );
    }
    if (!expected.has('triplet_score_f64')) continue;
    for (const layer of net.layers) {
      const scores = await numbersOf(tripletScores(state, layer));
      const wanted = expected.object('triplet_score_f64').numbers(layer.module);
      list.add(`${named}/scores of ${layer.module}`, scoreError(scores, wanted), bounds.scores);
    }
  }
  const final = official.object('final_params');
  for (const name of final.keys) {
    const found = await numbersOf(tensorOf(weights, ownName(name)));
    list.absolute(`final/${name}`, found, final.tensor(name).data, bounds.parameters);
  }
}

/** Weights change by masking alone. */
async function checkFixedGradients(
  list: CheckList,
  golden: GoldenObject,
  net: Net,
  bounds: Bounds,
): Promise<void> {
  const fixed = golden.object('fixed_grads');
  const config = fixed.object('config');
  const betas = { beta1: config.number('beta1'), beta2: config.number('beta2') };
  const schedule = scheduleOf(config, net.layers);
  const grads = fixed.objects('grads');
  let { trainable: weights } = net;
  let state = freshState(weights);
  for (const [i, expected] of fixed.objects('steps').entries()) {
    const step = expected.number('step');
    const given = grads[i] as GoldenObject;
    const gradients = Object.fromEntries(given.keys.map((key) => [ownName(key), tensorAt(given, key)]));
    const next: Trained = allocate(net.layers, schedule, betas, {
      weights,
      gradients,
      gradientScale: undefined,
      state,
      step,
    });
    weights = next.weights;
    state = next.state;
    const at = `fixed gradients, step ${step}`;
    const { budget, masks } = budgetAt(schedule, step);
    list.exact(`${at}/budget`, [budget, masks], [expected.number('budget'), expected.raw.masked]);
    for (const layer of net.layers) {
      const { module } = layer;
      const e = await numbersOf(tensorOf(weights, loraEName(module)));
      list.exact(
        `${at}/mask of ${module}`,
        bits(e),
        expected.object('E_nonzero').numbers(`${module}.lora_E`),
      );
      const wantedE = expected.object('E').numbers(`${module}.lora_E`);
      list.absolute(`${at}/E of ${module}`, e, wantedE, bounds.parameters);
      const scores = await numbersOf(tripletScores(state, layer));
      const wanted = expected.object('score_f64').numbers(module);
      list.add(`${at}/scores of ${module}`, scoreError(scores, wanted), bounds.scores);
    }
  }
}
