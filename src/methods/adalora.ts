/**
 * AdaLoRA (Zhang et al. 2023) as its authors' loralib and PEFT compute it: ΔW = s · B (A ⊙ E), s = lora_alpha /
 * (r_init + 1e-5), with singular values E (r), A and B held orthogonal by a penalty. After each step every triplet
 * (A_i, E_i, B_i) has a score, and those outside a shrinking budget get E_i = 0:
 * I = |p ∂L/∂p|, Ī ← β1 Ī + (1−β1) I, Ū ← β2 Ū + (1−β2) |I − Ī|, s(p) = Ī Ū,
 * score_i = s(E_i) + mean s(A_i) + mean s(B_i).
 */
import * as tf from '@tensorflow/tfjs';
import { type LoraLayer, loraAName, loraBName, loraLayers } from '../adapters/lora';
import { RANK_OFFSET } from '../adapters/peftAdalora';
import type { ExperimentConfig } from '../config/experiment';
import { RandomStream } from '../random/stream';
import { mapRecord, type TensorRecord, tensorOf, zerosLikeRecord } from '../tensor/records';
import { loraParameters, lowRankMethod } from './lowRank';
import type { FinetuningMethod, MethodInput, TakenStep } from './method';

export const loraEName = (module: string) => `${module}.lora_E`;
const INITIAL_DEVIATION = 0.02;

/** When the budget shrinks; in steps, counted from 1. */
export interface BudgetSchedule {
  /** T */
  steps: number;
  /** t_init: until here all triplets stay. */
  initialSteps: number;
  /** t_final: so many steps at the end have the target budget, with the importances as they stand. */
  finalSteps: number;
  /** ΔT: in between, every so many steps are followed by a pruning. */
  maskEvery: number;
  /** Triplets of all layers together. */
  initialBudget: number;
  targetBudget: number;
}

/** @param layers how many have triplets */
export function budgetSchedule(
  { initRank, targetRank, initialFraction, finalFraction, maskFraction }: ExperimentConfig['adalora'],
  steps: number,
  layers: number,
): BudgetSchedule {
  return {
    steps,
    initialSteps: Math.round(initialFraction * steps),
    // Not rounded up: the steps before are those in which importance is measured.
    finalSteps: Math.floor(finalFraction * steps),
    maskEvery: Math.max(1, Math.round(maskFraction * steps)),
    initialBudget: initRank * layers,
    targetBudget: targetRank * layers,
  };
}

/** b(t) and whether step t is followed by a pruning. @param step t, from 1 */
export function budgetAt(schedule: BudgetSchedule, step: number): { budget: number; masks: boolean } {
  const { steps, initialSteps, finalSteps, maskEvery, initialBudget, targetBudget } = schedule;
  if (step <= initialSteps) return { budget: initialBudget, masks: false };
  if (step > steps - finalSteps) return { budget: targetBudget, masks: true };
  const left = 1 - (step - initialSteps) / (steps - finalSteps - initialSteps);
  const budget = Math.trunc(targetBudget + (initialBudget - targetBudget) * left ** 3);
  // Without steps after the pruning the last one prunes, as PEFT forces it to.
  return { budget, masks: step % maskEvery === 0 || step === steps };
}

/** √x, with gradient 0 at 0: with it, as in torch.norm, the gradient of √Σx² at 0 is 0 instead of ∞ · 0. */
const root = tf.customGrad((x, save) => {
  const y = tf.sqrt(x as tf.Tensor);
  (save as tf.GradSaveFunc)([y]);
  return {
    value: y,
    gradFunc: (dy: tf.Tensor, [saved]: tf.Tensor[]) => tf.divNoNan(dy, tf.mul(saved as tf.Tensor, 2)),
  };
});

/** Mean over all A and B of ‖AAᵀ − I‖_F and ‖BᵀB − I‖_F; undefined without layers. */
export function orthogonality(layers: readonly LoraLayer[], weights: TensorRecord): tf.Scalar | undefined {
  const distances = layers
    .filter(({ rank }) => rank > 0)
    .flatMap(({ module, rank }) => {
      const identity = tf.eye(rank);
      const from = (product: tf.Tensor) => {
        const difference = tf.sub(product, identity);
        return root(tf.sum(tf.mul(difference, difference)));
      };
      const a = tensorOf(weights, loraAName(module)) as tf.Tensor2D; // (r, in)
      const b = tensorOf(weights, loraBName(module)) as tf.Tensor2D; // (out, r)
      return [from(tf.matMul(a, a, false, true)), from(tf.matMul(b, b, true, false))];
    });
  if (distances.length === 0) return undefined;
  const total = distances.reduce((sum, distance) => tf.add(sum, distance));
  return tf.div(total, distances.length) as tf.Scalar;
}

/** Ī and Ū of every tensor of the triplets, by name. */
export interface Importance {
  sensitivity: TensorRecord;
  uncertainty: TensorRecord;
}

/** Ī and Ū after a step. Call inside `tf.tidy`. @param weights after the step @param gradients as the optimizer took them */
function updateImportance(
  { sensitivity, uncertainty }: Importance,
  weights: TensorRecord,
  gradients: TensorRecord,
  { beta1, beta2 }: { beta1: number; beta2: number },
): Importance {
  const next = { sensitivity: {} as Record<string, tf.Tensor>, uncertainty: {} as Record<string, tf.Tensor> };
  for (const [name, before] of Object.entries(sensitivity)) {
    const importance = tf.abs(tf.mul(tensorOf(weights, name), tensorOf(gradients, name)));
    const mean = tf.add(tf.mul(before, beta1), tf.mul(importance, 1 - beta1));
    const stray = tf.abs(tf.sub(importance, mean));
    next.sensitivity[name] = mean;
    next.uncertainty[name] = tf.add(tf.mul(tensorOf(uncertainty, name), beta2), tf.mul(stray, 1 - beta2));
  }
  return next;
}

/** Scores of the triplets of one layer, (r). Call inside `tf.tidy`. */
export function tripletScores({ sensitivity, uncertainty }: Importance, { module }: LoraLayer): tf.Tensor {
  const score = (name: string) => tf.mul(tensorOf(sensitivity, name), tensorOf(uncertainty, name));
  const ofA = tf.mean(score(loraAName(module)), 1);
  const ofB = tf.mean(score(loraBName(module)), 0);
  return tf.add(tf.add(score(loraEName(module)), ofA), ofB);
}

/**
 * E with every triplet set to 0 whose score is not above the (n − budget)-th smallest of all n; with equal scores fewer
 * than `budget` may stay, as in the reference. Call inside `tf.tidy`.
 * @returns new E by tensor name
 */
function maskToBudget(
  layers: readonly LoraLayer[],
  weights: TensorRecord,
  importance: Importance,
  budget: number,
): Record<string, tf.Tensor> {
  const present = layers.filter(({ rank }) => rank > 0);
  const scores = present.map((layer) => tripletScores(importance, layer));
  const all = present.reduce((total, { rank }) => total + rank, 0);
  // The reference would ask for the 0-th smallest here and fail; there is nothing to prune.
  if (budget >= all) return {};
  const { values } = tf.topk(tf.concat1d(scores as tf.Tensor1D[]), budget + 1);
  const threshold = tf.slice(values, [budget], [1]);
  return Object.fromEntries(
    present.map(({ module }, i) => {
      const kept = tf.cast(tf.greater(scores[i] as tf.Tensor, threshold), 'float32');
      return [loraEName(module), tf.mul(tensorOf(weights, loraEName(module)), kept)];
    }),
  );
}

/** One step of the rank allocator. Call inside `tf.tidy`. */
export function allocate(
  layers: readonly LoraLayer[],
  schedule: BudgetSchedule,
  betas: { beta1: number; beta2: number },
  { weights, gradients, gradientScale, state, step }: Omit<TakenStep, 'learningRate'>,
): { weights: TensorRecord; state: { sensitivity: TensorRecord; uncertainty: TensorRecord } } {
  let importance: Importance = { sensitivity: state.sensitivity ?? {}, uncertainty: state.uncertainty ?? {} };
  if (step < schedule.steps - schedule.finalSteps) {
    const taken = gradientScale
      ? mapRecord(importance.sensitivity, (_, name) => tf.mul(tensorOf(gradients, name), gradientScale))
      : gradients;
    importance = updateImportance(importance, weights, taken, betas);
  }
  const { budget, masks } = budgetAt(schedule, step);
  const masked = masks ? maskToBudget(layers, weights, importance, budget) : {};
  return { weights: { ...weights, ...masked }, state: { ...importance } };
}

/** @throws Error with a sentence where ranks or shares do not fit */
export function adalora({ model, config }: MethodInput): FinetuningMethod {
  const { initRank, targetRank, initialFraction, finalFraction, ...options } = config.adalora;
  if (targetRank > initRank)
    throw new Error(
      `adalora.targetRank is ${targetRank}, above adalora.initRank ${initRank}: AdaLoRA only prunes; choose a target of ${initRank} at most.`,
    );
  if (initialFraction + finalFraction > 1)
    throw new Error(
      `adalora.initialFraction ${initialFraction} and finalFraction ${finalFraction} leave no steps to prune in; together they may be 1 at most.`,
    );
  const { steps } = config.retrain;
  const layers = loraLayers(
    model.config,
    () => initRank,
    (rank) => config.adapter.loraAlpha / (rank + RANK_OFFSET),
  );
  const adapted = layers.filter(({ rank }) => rank > 0);
  const schedule = budgetSchedule(config.adalora, steps, layers.length);
  if (targetRank < initRank && schedule.steps - schedule.finalSteps < 2)
    throw new Error(
      `AdaLoRA measures what to prune in the steps before its last ${schedule.finalSteps}, and of retrain.steps ${steps} none is left: give it more steps.`,
    );
  if (targetRank < initRank && schedule.initialSteps >= schedule.steps - schedule.finalSteps)
    throw new Error(
      `AdaLoRA prunes between step ${schedule.initialSteps} (adalora.initialFraction) and its last ${schedule.finalSteps} of ${steps} steps (adalora.finalFraction), and there is none between: lower one of them.`,
    );
  const singularValues = (weights: TensorRecord): TensorRecord =>
    Object.fromEntries(adapted.map(({ module }) => [module, tensorOf(weights, loraEName(module))]));
  return {
    ...lowRankMethod(layers, singularValues),
    init(seed) {
      const weights: Record<string, tf.Tensor> = {};
      adapted.forEach(({ module, inSize, outSize, rank }, index) => {
        const random = RandomStream.of(seed, 'adapter', index);
        const normal = (rows: number, columns: number) =>
          tf.tensor2d(random.fillNormal(rows * columns, INITIAL_DEVIATION), [rows, columns]);
        weights[loraAName(module)] = normal(rank, inSize);
        weights[loraEName(module)] = tf.zeros([rank]);
        weights[loraBName(module)] = normal(outSize, rank);
      });
      return weights;
    },
    initState(weights) {
      const own = new Set(
        adapted.flatMap(({ module }) => [loraAName, loraEName, loraBName].map((n) => n(module))),
      );
      const triplets = Object.fromEntries(Object.entries(weights).filter(([name]) => own.has(name)));
      return { sensitivity: zerosLikeRecord(triplets), uncertainty: zerosLikeRecord(triplets) };
    },
    penalty(weights) {
      const distance = options.orthogonality > 0 ? orthogonality(layers, weights) : undefined;
      return distance && (tf.mul(distance, options.orthogonality) as tf.Scalar);
    },
    afterStep: (taken) => allocate(layers, schedule, options, taken),
    prunesAfter: (step) => budgetAt(schedule, step).masks,
    parameterCount: loraParameters(layers) + adapted.reduce((total, { rank }) => total + rank, 0),
  };
}
