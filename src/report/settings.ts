/** Parts of experiments and how they are laid over one another. */
import type { ExperimentConfig, ExperimentInput } from '../config/experiment';

/** What makes an experiment one of a method. */
export type MethodSettings = ExperimentInput & Pick<ExperimentConfig, 'method'>;

/** Section by section; a later input wins field by field. */
export function mergeExperiments(...inputs: readonly ExperimentInput[]): ExperimentInput {
  const merged: Record<string, unknown> = {};
  for (const input of inputs)
    for (const [key, value] of Object.entries(input)) {
      const before = merged[key];
      merged[key] = typeof value === 'object' && typeof before === 'object' ? { ...before, ...value } : value;
    }
  return merged as ExperimentInput;
}
