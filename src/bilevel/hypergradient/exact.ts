/**
 * `exact`: the implicit term by double backward, ∇_β ⟨∇_W L_T(W, β), u⟩ with u = (∂W'/∂g)ᵀ v held fixed: u = −η v
 * through SGD, u = (∂W'/∂g) ⊙ v through AdamW.
 */
import { dotRecords, valueAndGradients } from '../../tensor/records';
import type { Estimator } from './estimator';

export const exact: Estimator = ({ trainLoss, weights, beta, vector, gradients, innerStep }) => {
  const direction = innerStep.pullBack(gradients, vector);
  return valueAndGradients(
    () => {
      const inner = valueAndGradients(() => trainLoss(weights, beta), { weights }).gradients.weights;
      return dotRecords(inner, direction);
    },
    { beta },
  ).gradients.beta;
};
