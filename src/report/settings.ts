/** Parts of experiments and how they are laid over one another. */
import type { ExperimentInput } from '../config/experiment';

/**
 * Fields and choices of settings may be ones that this version does not offer (`plan.ts` skips the method then and says
 * why), so they are not typed as an ExperimentInput.
 */
export interface MethodSettings {
  method: string;
  [section: string]: string | Readonly<Record<string, string | number | boolean>>;
}

/** Section by section; a later input wins field by field. */
export function mergeExperiments(...inputs: readonly (ExperimentInput | MethodSettings)[]): ExperimentInput {
  const merged: Record<string, unknown> = {};
  for (const input of inputs)
    for (const [key, value] of Object.entries(input)) {
      const before = merged[key];
      merged[key] = typeof value === 'object' && typeof before === 'object' ? { ...before, ...value } : value;
    }
  return merged as ExperimentInput;
}
