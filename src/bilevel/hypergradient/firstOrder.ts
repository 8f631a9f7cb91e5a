/** `first-order`: no implicit term, h = d (the η = 0 ablation of Table 4). */
import { zerosLikeRecord } from '../../tensor/records';
import type { Estimator } from './estimator';

export const firstOrder: Estimator = ({ beta }) => zerosLikeRecord(beta);
