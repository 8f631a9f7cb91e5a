/**
 * The trajectories of an `autolora` folder: a few bilevel steps in each of its orders, with W, β, losses and
 * hypergradients compared after every step.
 */

import * as tf from '@tensorflow/tfjs';
import {
  type BilevelReport,
  type BilevelState,
  type BilevelStepOptions,
  bilevelInit,
  bilevelStep,
  disposeBilevelState,
  disposeReplaced,
  disposeReport,
} from '../../bilevel/steps';
import { ADAM_DEFAULTS, type AdamOptions } from '../../optim/adamw';
import { mapRecord, readTensors, type TensorRecord, tensorOf } from '../../tensor/records';
import type { TensorSource } from '../../tensor/safetensors';
import type { AutoloraBounds } from './autolora';
import { type AutoloraSetup, batchAt, goldenLoss, openBeside } from './autoloraSetup';
import { type CheckList, largestDifference } from './checks';
import { type GoldenFolder, type GoldenObject, NotComparable } from './folder';

/** How a trajectory of that name takes its steps; halves in order, on the same batches. */
interface Plan {
  halves: BilevelStepOptions['half'][];
  options: Omit<BilevelStepOptions, 'half'>;
  /** Whether the hypergradient is a finite difference, which is compared more loosely. */
  approximate: boolean;
}

/** Adam's settings as the description words them: `AdamW lr 1e-3 betas (.9,.999) eps 1e-8 weight_decay 0.01`. */
function adamOf(
  description: string,
  which: RegExp,
): { learningRate: number; options: AdamOptions } | undefined {
  const match = which.exec(description);
  if (!match) return undefined;
  // The sentence about this optimizer ends where the next one, or the explanation, begins.
  const words = description.slice(match.index + match[0].length).split(/[;]|, outer|\. /)[0] ?? '';
  const number = (pattern: RegExp) => {
    const found = pattern.exec(words)?.[1];
    return found === undefined ? undefined : Number(found);
  };
  const learningRate = number(/lr ([\d.e-]*\d)/);
  if (learningRate === undefined) return undefined;
  const betas = /betas \(([\d.]+),\s*([\d.]+)\)/.exec(words);
  return {
    learningRate,
    options: {
      beta1: betas ? Number(betas[1]) : ADAM_DEFAULTS.beta1,
      beta2: betas ? Number(betas[2]) : ADAM_DEFAULTS.beta2,
      epsilon: number(/eps ([\d.e-]*\d)/) ?? ADAM_DEFAULTS.epsilon,
      weightDecay: number(/(?:weight_decay|wd) ([\d.e-]*\d)/) ?? 0,
    },
  };
}

function planOf(name: string, description: string): Plan {
  const weight = adamOf(description, /AdamW (?=lr)/);
  const selection = adamOf(description, /(?:outer|torch|beta:) Adam (?=lr)/);
  const eta = Number(/eta([\d.e-]*\d)/.exec(name)?.[1] ?? 0);
  const betty = name.startsWith('betty');
  const darts = name.startsWith('darts');
  const exact = name.startsWith('exact');
  if (!(betty || darts || exact || name === 'eta0'))
    throw new NotComparable(
      `golden.json has a trajectory "${name}", whose order of steps is not known here.`,
    );
  // "as above" repeats the optimizers of the trajectory before, which are those of the released code.
  const bettyAdam = { learningRate: 3e-4, options: { ...ADAM_DEFAULTS, beta1: 0.5 } };
  const usual = { learningRate: 1e-3, options: ADAM_DEFAULTS };
  const ofBeta = selection ?? (betty ? bettyAdam : usual);
  const ofWeights = weight ?? { learningRate: 1e-3, options: { ...ADAM_DEFAULTS, weightDecay: 0.01 } };
  const selectionFirst = betty || name.endsWith('beta_first');
  return {
    // W' of Betty is the optimizer's own step, so its two halves are one bilevel step.
    halves: selectionFirst ? ['both'] : ['weights', 'selection'],
    approximate: betty || darts,
    options: {
      hypergradient: {
        estimator: betty || darts ? 'finite-difference' : exact ? 'exact' : 'first-order',
        eta,
        unroll: betty ? 'optimizer' : 'sgd',
        perturbAround: betty ? 'post-step' : 'pre-step',
        implicitScale: betty ? 'unit' : 'eta',
        finiteDifferenceRadius: 0.01,
      },
      weightAdam: ofWeights.options,
      betaAdam: ofBeta.options,
      weightLearningRate: ofWeights.learningRate,
      betaLearningRate: ofBeta.learningRate,
      clipNorm: 0,
      rollback: selectionFirst && !/no_?rollback/.test(name),
    },
  };
}

export async function checkTrajectories(
  list: CheckList,
  setup: AutoloraSetup,
  folder: GoldenFolder,
  bounds: AutoloraBounds,
): Promise<void> {
  const stored = openBeside(folder, 'trajectories.safetensors');
  const trajectories = folder.golden.object('trajectories');
  for (const name of trajectories.keys)
    await checkTrajectory(list, setup, name, trajectories.object(name), stored, bounds);
}

async function checkTrajectory(
  list: CheckList,
  setup: AutoloraSetup,
  name: string,
  golden: GoldenObject,
  stored: TensorSource,
  bounds: AutoloraBounds,
): Promise<void> {
  const description = golden.has('desc') ? golden.string('desc') : '';
  const plan = planOf(name, description);
  const lossAtNewWeights = /val_loss reported at Wnew/.test(description);
  const worst = new Map<string, number>();
  const note = (key: string, error: number) => worst.set(key, Math.max(worst.get(key) ?? 0, error));
  const owned = (record: TensorRecord) => mapRecord(record, (tensor) => tf.clone(tensor));
  let state = bilevelInit(owned(setup.weights), owned(setup.beta));
  try {
    for (const [index, step] of golden.objects('steps').entries()) {
      const { next, train, validation, hyper } = await takeStep(setup, state, plan, index, lossAtNewWeights);
      state = next;
      if (step.hasPrecise('train_loss')) note('train_loss', relative(train, step.precise('train_loss')));
      if (step.hasPrecise('val_loss') && validation !== undefined)
        note('val_loss', relative(validation, step.precise('val_loss')));
      if (step.hasPrecise('hyper')) {
        const expected = step.preciseObject('hyper');
        setup.betaNames.forEach(([golden], i) => {
          const wanted = expected.tensor(golden).data;
          const size = Math.max(...wanted.map(Math.abs)) || 1;
          note(`hyper/${golden}`, largestDifference(hyper[i] ?? [], wanted) / size);
        });
      }
      const records = { ...state.weights, ...state.beta };
      const names = [...setup.weightNames, ...setup.betaNames];
      const values = await readTensors(names.map(([, own]) => tensorOf(records, own)));
      names.forEach(([golden], i) => {
        note(
          golden,
          largestDifference(values[i] ?? [], stored.float32(`${name}/step${index + 1}/${golden}`)),
        );
      });
    }
  } finally {
    disposeBilevelState(state);
  }
  for (const [key, error] of worst) {
    const tolerance = key.endsWith('loss')
      ? bounds.logits
      : key.startsWith('hyper/')
        ? plan.approximate
          ? bounds.finiteDifference
          : bounds.hypergradient
        : bounds.trajectories;
    list.add(`trajectories/${name}/${key}`, error, tolerance);
  }
}

const relative = (actual: number, expected: number) =>
  Math.abs(actual - expected) / (Math.abs(expected) || 1);

/** Losses and hypergradient of one step, by β name in order. */
interface StepNumbers {
  next: BilevelState;
  train: number;
  validation: number | undefined;
  hyper: Float32Array[];
}

/** Takes one step; what `before` alone holds is freed. */
async function takeStep(
  setup: AutoloraSetup,
  before: BilevelState,
  plan: Plan,
  index: number,
  lossAtNewWeights: boolean,
): Promise<StepNumbers> {
  const trainLoss = goldenLoss(setup, batchAt(setup.train, index));
  const validationLoss = goldenLoss(setup, batchAt(setup.validation, index));
  let state = before;
  const numbers: Omit<StepNumbers, 'next'> = { train: Number.NaN, validation: undefined, hyper: [] };
  for (const [part, half] of plan.halves.entries()) {
    const taken = bilevelStep(state, trainLoss, validationLoss, { ...plan.options, half });
    disposeReplaced(state, taken.state);
    state = taken.state;
    await readReport(setup, taken.report, numbers, part === 0);
    if (half === 'weights' && lossAtNewWeights) {
      const loss = tf.tidy(() => validationLoss(state.weights, state.beta));
      numbers.validation = (await loss.data())[0];
      loss.dispose();
    } else if (lossAtNewWeights === false && taken.report.validationLoss) {
      numbers.validation = (await taken.report.validationLoss.data())[0];
    }
    disposeReport(taken.report);
  }
  return { next: state, ...numbers };
}

async function readReport(
  setup: AutoloraSetup,
  report: BilevelReport,
  numbers: Omit<StepNumbers, 'next'>,
  isFirst: boolean,
): Promise<void> {
  if (isFirst) numbers.train = (await report.trainLoss.data())[0] as number;
  const { direct, implicit } = report;
  if (!direct || !implicit) return;
  const total = tf.tidy(() =>
    setup.betaNames.map(([, own]) => tf.add(tensorOf(direct, own), tensorOf(implicit, own))),
  );
  numbers.hyper = await readTensors(total);
  tf.dispose(total);
}
