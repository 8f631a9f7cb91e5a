/** AdamW of one number in double precision, as torch.optim.AdamW's documentation writes it: for tests to compare with. */
import { ADAM_DEFAULTS } from '../optim/adamw';

/** One weight before a step. */
export interface PlainAdam {
  weight: number;
  /** m and s, after `step` steps. */
  mean: number;
  square: number;
  step: number;
  learningRate: number;
  weightDecay: number;
}

/** The weight after the step with gradient `g`, at the usual β1, β2 and ε. */
export function plainAdamStep(
  { weight, mean, square, step, learningRate, weightDecay }: PlainAdam,
  g: number,
): number {
  const { beta1, beta2, epsilon } = ADAM_DEFAULTS;
  const m = (beta1 * mean + (1 - beta1) * g) / (1 - beta1 ** (step + 1));
  const s = (beta2 * square + (1 - beta2) * g * g) / (1 - beta2 ** (step + 1));
  return weight * (1 - learningRate * weightDecay) - (learningRate * m) / (Math.sqrt(s) + epsilon);
}

/** Its derivative in g, as a central difference. @param g not 0 */
export function plainAdamSlope(entry: PlainAdam, g: number): number {
  const h = 1e-5 * Math.abs(g);
  return (plainAdamStep(entry, g + h) - plainAdamStep(entry, g - h)) / (2 * h);
}
