/**
 * The trajectories of an `autolora` folder: a few bilevel steps in each of its orders, with W, β, losses and
 * hypergradients compared after every step.
 */

import * as tf from '@tensorflow/tfjs';
import {
  type BilevelReport,
  type BilevelState,
  bilevelInit,
  bilevelStep,
  disposeBilevelState,
  disposeReplaced,
  disposeReport,
} from '../../bilevel/steps';
import { mapRecord, readTensors, type TensorRecord, tensorOf } from '../../tensor/records';
import type { TensorSource } from '../../tensor/safetensors';
import type { AutoloraBounds } from './autolora';
import { type AutoloraSetup, batchAt, goldenLoss, openBeside } from './autoloraSetup';
import { type CheckList, largestDifference } from './checks';
import type { GoldenFolder, GoldenObject } from './folder';
import { type TrajectoryPlan, trajectoryPlan } from './trajectoryPlan';

export async function checkTrajectories(
  list: CheckList,
  setup: AutoloraSetup,
  folder: GoldenFolder,
  bounds: AutoloraBounds,
): Promise<void> {
  const stored = openBeside(folder, 'trajectories.safetensors');
  const trajectories = folder.golden.object('trajectories');
  let before: TrajectoryPlan | undefined;
  for (const name of trajectories.keys) {
    const golden = trajectories.object(name);
    const plan = trajectoryPlan(name, golden.has('desc') ? golden.string('desc') : '', before);
    await checkTrajectory(list, setup, name, golden, plan, stored, bounds);
    before = plan;
  }
}

async function checkTrajectory(
  list: CheckList,
  setup: AutoloraSetup,
  name: string,
  golden: GoldenObject,
  plan: TrajectoryPlan,
  stored: TensorSource,
  bounds: AutoloraBounds,
): Promise<void> {
  const worst = new Map<string, number>();
  const note = (key: string, error: number) => worst.set(key, Math.max(worst.get(key) ?? 0, error));
  const owned = (record: TensorRecord) => mapRecord(record, (tensor) => tf.clone(tensor));
  let state = bilevelInit(owned(setup.weights), owned(setup.beta));
  try {
    const steps = golden.objects('steps');
    /** What is given of the first step is asked of all. */
    const gives = (key: string) => steps[0]?.hasPrecise(key);
    for (const [index, step] of steps.entries()) {
      const { next, train, validation, hyper } = await takeStep(setup, state, plan, index);
      state = next;
      if (gives('train_loss')) note('train_loss', relative(train, step.precise('train_loss')));
      if (gives('val_loss')) note('val_loss', relative(validation ?? Number.NaN, step.precise('val_loss')));
      if (gives('hyper')) {
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
  plan: TrajectoryPlan,
  index: number,
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
    if (half === 'weights' && plan.lossAtNewWeights) {
      const loss = tf.tidy(() => validationLoss(state.weights, state.beta));
      numbers.validation = (await loss.data())[0];
      loss.dispose();
    } else if (!plan.lossAtNewWeights && taken.report.validationLoss) {
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
