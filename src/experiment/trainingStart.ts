/** How a training begins: with which ranks, and from which weights. */
import type { LayerRank, Role } from '../telemetry/events';
import { startingWeights } from './importedAdapter';
import { keptWeights } from './keptStart';
import { baselineRanks } from './ranks';
import type { SearchRun } from './search';
import type { ExperimentSetting } from './setting';
import { TrainingRun } from './training';

/**
 * The training of a role before its first step.
 * @param learned AutoLoRA's ranks; empty where there was no search
 * @param search may give AutoLoRA's retraining its weights; it keeps its own
 */
export async function beginTraining(
  setting: ExperimentSetting,
  role: Role,
  learned: LayerRank[],
  search: SearchRun | undefined,
): Promise<TrainingRun> {
  const { config, imported, model } = setting;
  const ranks = role === 'autolora' ? learned : baselineRanks(setting, learned);
  const kept = role === 'autolora' && config.retrain.init === 'kept' && search;
  const start = kept ? await keptWeights(setting, kept, ranks) : imported && startingWeights(imported, model);
  return TrainingRun.begin(setting, role, ranks, start);
}
