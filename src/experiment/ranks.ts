/** Ranks as a value on their way from search to retraining: derived, set by hand, or matched for the baseline. */
import { loraTargets } from '../adapters/lora';
import { rankPatternOf } from '../adapters/rankPattern';
import { ranksOf } from '../adapters/rankRule';
import { askedRanks } from '../config/askedRanks';
import type { LayerRank, RanksEvent } from '../telemetry/events';
import { nearestUniformRank, totalRank } from '../telemetry/ranks';
import { readTensors, tensorOf } from '../tensor/records';
import type { ExperimentContext } from './context';
import type { SearchRun } from './search';

export interface ChosenRanks {
  ranks: LayerRank[];
  /** True when a person changed them. */
  edited: boolean;
}

/** Thresholds the search's β (docs/method.md, “Threshold, retraining, baseline”). @returns the ranks, and what each layer was compared with */
export async function deriveRanks(
  context: ExperimentContext,
  search: SearchRun,
): Promise<{ ranks: LayerRank[]; threshold: number[] }> {
  const { selection, rankRule, rank: k } = context.config.adapter;
  const betas = await readTensors(search.layers.map(({ module }) => tensorOf(search.beta, module)));
  if (!betas.every((beta) => beta.every(Number.isFinite)))
    throw new Error(
      'The selection variables are no longer numbers: there are no ranks to derive. Reset the run and lower the learning rates.',
    );
  const kept = ranksOf(
    betas.map((beta) => [...beta]),
    selection,
    rankRule,
    k,
  );
  return {
    ranks: search.layers.map(({ name }, i) => ({ layer: name, rank: kept[i]?.rank as number })),
    threshold: kept.map(({ threshold }) => threshold),
  };
}

/**
 * The derived ranks with those set by hand in their place.
 * @throws Error where a layer is unknown or a rank is not in 0 … k
 */
export function editRanks(
  derived: readonly LayerRank[],
  edited: readonly LayerRank[],
  k: number,
): ChosenRanks {
  const unknown = edited.find(({ layer }) => !derived.some((known) => known.layer === layer));
  if (unknown) throw new Error(`There is no LoRA layer "${unknown.layer}" to give a rank to.`);
  const given = new Map(edited.map(({ layer, rank }) => [layer, rank]));
  const ranks = derived.map(({ layer, rank }) => ({ layer, rank: given.get(layer) ?? rank }));
  const wrong = ranks.find(({ rank }) => !Number.isInteger(rank) || rank < 0 || rank > k);
  if (wrong) throw new Error(`Rank ${wrong.rank} of ${wrong.layer} is not a whole number from 0 to ${k}.`);
  return { ranks, edited: ranks.some(({ rank }, i) => rank !== derived[i]?.rank) };
}

/**
 * The adapter's that training begins from, else `askedRanks`: beside AutoLoRA with the uniform rank nearest to the learned
 * total to fall back on.
 */
export function baselineRanks(context: ExperimentContext, learned: readonly LayerRank[]): LayerRank[] {
  if (context.imported) return context.imported.ranks;
  const { config, model } = context;
  const layers = loraTargets(model.config).map(({ name }) => name);
  return askedRanks(config, layers, config.method === 'autolora' ? nearestUniformRank(learned) : undefined);
}

export function ranksEvent(
  { model }: ExperimentContext,
  { ranks, edited }: ChosenRanks,
  step: number,
  threshold: number[],
): RanksEvent {
  return {
    type: 'ranks',
    step,
    threshold,
    ranks,
    totalRank: totalRank(ranks),
    rankPattern: rankPatternOf(ranks, model.config.family),
    edited,
  };
}
