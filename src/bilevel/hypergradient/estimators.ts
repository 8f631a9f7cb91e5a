/** The estimators of the implicit term by the name that configurations use. */
import type { EstimatorName } from '../../config/experiment';
import type { Estimator } from './estimator';
import { exact } from './exact';
import { finiteDifference, finiteDifferenceForward } from './finiteDifference';
import { firstOrder } from './firstOrder';
import { sama } from './sama';

export const estimators: Record<EstimatorName, Estimator> = {
  'finite-difference': finiteDifference,
  'finite-difference-forward': finiteDifferenceForward,
  exact,
  sama,
  'first-order': firstOrder,
};
