/**
 * The hypergradient dL_V(W'(β), β)/dβ = d + implicit, W' = U(W, ∇_W L_T(W, β)) (paper Eq. 4-5): v and the direct
 * term d from one backward pass at W', the implicit term from the chosen estimator.
 */
import type * as tf from '@tensorflow/tfjs';
import { add } from '@tensorflow/tfjs';
import type { EstimatorName } from '../../config/experiment';
import { clipFactor } from '../../optim/clip';
import { mapRecord, type TensorRecord, tensorOf, valueAndGradients } from '../../tensor/records';
import { adamInnerStep, type InnerAdam, type InnerStep, sgdInnerStep } from '../innerStep';
import type { BilevelLoss } from './estimator';
import { estimators } from './estimators';

export interface HypergradientOptions {
  estimator: EstimatorName;
  /** η of the unrolled SGD step, and of finite differences. */
  eta: number;
  unroll: 'sgd' | 'optimizer';
  perturbAround: 'pre-step' | 'post-step';
  /** `unit` leaves the factor η out of the implicit term, as Betty does. */
  implicitScale: 'eta' | 'unit';
  /** ε = radius / ‖v‖. */
  finiteDifferenceRadius: number;
}

export interface HypergradientInput {
  weights: TensorRecord;
  beta: TensorRecord;
  trainLoss: BilevelLoss;
  validationLoss: BilevelLoss;
  options: HypergradientOptions;
  adam?: InnerAdam;
}

export interface Hypergradient {
  /** L_T(W, β) */
  trainLoss: tf.Scalar;
  /** L_V(W', β) */
  validationLoss: tf.Scalar;
  /** g = ∇_W L_T(W, β) */
  gradients: TensorRecord;
  /** v = ∇_W L_V(W', β) */
  vector: TensorRecord;
  /** W' */
  steppedWeights: TensorRecord;
  direct: TensorRecord;
  /** total = direct + implicit */
  implicit: TensorRecord;
  total: TensorRecord;
}

function innerStepOf({ options, adam }: HypergradientInput, clip: tf.Scalar | undefined): InnerStep {
  if (options.unroll === 'sgd') {
    const step = sgdInnerStep(options.eta);
    return options.implicitScale === 'unit' ? { ...step, pullBack: sgdInnerStep(1).pullBack } : step;
  }
  if (!adam) throw new Error('Unrolling the optimizer needs its state.');
  return adamInnerStep(adam, clip);
}

/** One hypergradient on one train and one validation batch. Call inside `tf.tidy`; nothing given is changed. */
export function hypergradient(input: HypergradientInput): Hypergradient {
  const { weights, beta, trainLoss, validationLoss, options, adam } = input;
  // Only the forward difference around W can use ∇_β L_T(W, β), and then it comes from the same pass as g.
  const free = options.estimator === 'finite-difference-forward' && options.perturbAround === 'pre-step';
  const train = valueAndGradients(() => trainLoss(weights, beta), { weights, beta: free ? beta : {} });
  const gradients = train.gradients.weights;
  const throughAdam = options.unroll === 'optimizer' || options.estimator === 'sama';
  const clip = throughAdam && adam ? clipFactor(gradients, adam.clipNorm ?? 0) : undefined;
  const innerStep = innerStepOf(input, clip);
  const steppedWeights = innerStep.apply(weights, gradients);
  const validation = valueAndGradients(() => validationLoss(steppedWeights, beta), {
    weights: steppedWeights,
    beta,
  });
  const vector = validation.gradients.weights;
  const direct = validation.gradients.beta;
  const implicit = estimators[options.estimator]({
    trainLoss,
    weights: options.perturbAround === 'pre-step' ? weights : steppedWeights,
    beta,
    vector,
    gradients,
    trainBetaGradients: free ? train.gradients.beta : undefined,
    innerStep,
    scale: options.implicitScale === 'unit' ? 1 : options.eta,
    radius: options.finiteDifferenceRadius,
    adam,
    clip,
  });
  return {
    trainLoss: train.value,
    validationLoss: validation.value,
    gradients,
    vector,
    steppedWeights,
    direct,
    implicit,
    total: mapRecord(direct, (term, name) => add(term, tensorOf(implicit, name))),
  };
}
