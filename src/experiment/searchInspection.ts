/**
 * A search looked at: its hypergradient beside the exact one. Nothing of the search moves, and nothing is added to its cost or
 * its time.
 */
import type { LoraLayer } from '../adapters/lora';
import type { HypergradientInput } from '../bilevel/hypergradient';
import { compareHypergradients, type Terms } from '../bilevel/inspection';
import { type BilevelState, hypergradientInputOf } from '../bilevel/steps';
import type { ExperimentConfig } from '../config/experiment';
import { toDevice } from '../model/taskModel';
import type { BatchSampler } from '../tasks/batches';
import type { InspectionEvent } from '../telemetry/events';
import { CostMeter } from './cost';
import { disposeStepBatches, type SearchProblem, type StepBatches } from './searchProblem';

/**
 * Whether a multiple of `inspectEvery` lies between the last β step and the one about to be taken.
 * @param step of the one about to be taken, from 0
 */
export function isInspectionDue(
  { inspectEvery, hyperEvery }: ExperimentConfig['hypergradient'],
  step: number,
): boolean {
  if (inspectEvery === 0) return false;
  const multiples = (steps: number) => Math.floor(Math.max(0, steps) / inspectEvery);
  return multiples(step + 1) > multiples(step + 1 - hyperEvery);
}

/** What step `step` differentiates; its passes are no part of the method, so of no cost that is told. */
export function hypergradientAt(
  problem: SearchProblem,
  state: BilevelState,
  batches: StepBatches,
  step: number,
): HypergradientInput {
  return hypergradientInputOf(...problem.at(state, batches, { step, half: 'both', cost: new CostMeter() }));
}

/** As `hypergradientAt`, on the batches that these samplers would give next; they stay where they are. */
export function nextHypergradient(
  problem: SearchProblem,
  state: BilevelState,
  step: number,
  samplers: { train: BatchSampler; validation: BatchSampler },
): { input: HypergradientInput; dispose(): void } {
  const batchOf = (set: 'searchTrain' | 'searchValidation', { position }: BatchSampler) =>
    toDevice(problem.context.model, problem.sampler(set, position).next());
  const batches = {
    train: batchOf('searchTrain', samplers.train),
    validation: batchOf('searchValidation', samplers.validation),
  };
  return {
    input: hypergradientAt(problem, state, batches, step),
    dispose: () => disposeStepBatches(batches),
  };
}

/**
 * The step's terms beside the exact ones.
 * @param step steps taken
 */
export async function inspectionEvent(
  layers: readonly LoraLayer[],
  step: number,
  terms: Terms,
  exact: Terms,
): Promise<InspectionEvent> {
  const modules = layers.map(({ module }) => module);
  const { layers: compared, ...all } = await compareHypergradients(terms, exact, modules);
  const named = layers.map(({ name }, i) => ({
    layer: name,
    ...(compared[i] as (typeof compared)[number]),
  }));
  return { type: 'inspection', step, ...all, layers: named };
}
