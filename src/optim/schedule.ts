/**
 * Learning-rate schedules as functions of the step, shaped as transformers' get_linear_schedule_with_warmup, but one
 * step ahead of it in the warm-up: there the first step has rate 0 and changes nothing.
 */

export interface ScheduleOptions {
  kind: 'linear' | 'constant';
  learningRate: number;
  steps: number;
  /** Part of the steps over which a linear schedule rises. */
  warmupFraction: number;
}

/** Rate of step `step`, counted from 0. */
export function learningRateAt(
  step: number,
  { kind, learningRate, steps, warmupFraction }: ScheduleOptions,
): number {
  if (kind === 'constant') return learningRate;
  const warmup = Math.round(steps * warmupFraction);
  if (step < warmup) return (learningRate * (step + 1)) / warmup;
  return learningRate * Math.max(0, (steps - step) / Math.max(1, steps - warmup));
}
