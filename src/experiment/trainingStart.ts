/** How a training begins: with which ranks, and from which weights. */
import type { LayerRank, Role } from '../telemetry/events';
import { disposeRecord } from '../tensor/records';
import type { ExperimentContext } from './context';
import { startingWeights } from './importedAdapter';
import { keptWeights } from './keptStart';
import { baselineRanks } from './ranks';
import type { SearchRun } from './search';
import { TrainingRun } from './training';

/**
 * The training of a role before its first step.
 * @param learned AutoLoRA's ranks; empty where there was no search
 * @param search may give AutoLoRA's retraining its weights; it keeps its own
 */
export async function beginTraining(
  context: ExperimentContext,
  role: Role,
  learned: LayerRank[],
  search: SearchRun | undefined,
): Promise<TrainingRun> {
  const { config, imported, model } = context;
  const ranks = role === 'autolora' ? learned : baselineRanks(context, learned);
  const kept = role === 'autolora' && config.retrain.init === 'kept' && search;
  const start = kept ? await keptWeights(context, kept, ranks) : imported && startingWeights(imported, model);
  try {
    return TrainingRun.begin(context, role, ranks, start);
  } catch (error) {
    if (start) disposeRecord(start);
    throw error;
  }
}
