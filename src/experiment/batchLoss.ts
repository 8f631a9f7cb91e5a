/** The loss on one batch as the estimators and the training steps take it: with a phase's dropout, every pass counted. */
import type { LoraPass } from '../adapters/lora';
import type { BilevelLoss } from '../bilevel/hypergradient/estimator';
import type { DropoutPass, ForwardHooks } from '../model/forward';
import { type DeviceBatch, taskLogits, taskLoss } from '../model/taskModel';
import { hashKey, purposeKey } from '../random/stream';
import type { TensorRecord } from '../tensor/records';
import type { ExperimentContext } from './context';
import type { CostMeter } from './cost';

/** Streams of batches and masks that must not coincide. */
export const STREAMS = { searchTrain: 0, searchValidation: 1, retrain: 2 } as const;

type Stream = keyof typeof STREAMS;

/** Key of a step's dropout masks; passes that are subtracted share it. */
function dropoutKey(context: ExperimentContext, stream: Stream, step: number): number {
  return hashKey(purposeKey(context.config.seed, 'dropout'), STREAMS[stream], step);
}

/** The model's own dropout at the rate a phase asks for. */
function dropoutPass(rate: number, key: number): DropoutPass | undefined {
  return rate > 0 ? { hidden: rate, attention: rate, head: rate, key } : undefined;
}

/** Where the weights under training, and β, take part in a forward pass. */
export type HooksUnder = (
  weights: TensorRecord,
  beta: TensorRecord,
  dropout: LoraPass['dropout'],
) => ForwardHooks;

/** Loss on one batch as a function of W and β. Each call is counted as one forward and, being differentiated, one backward pass. */
export function lossOn(
  context: ExperimentContext,
  hooksUnder: HooksUnder,
  batch: DeviceBatch,
  pass: { dropout: number; stream: Stream; step: number; cost: CostMeter },
): BilevelLoss {
  const { model, config } = context;
  const key = dropoutKey(context, pass.stream, pass.step);
  const adapterDropout = config.adapter.dropout > 0 ? { rate: config.adapter.dropout, key } : undefined;
  return (weights, beta) => {
    pass.cost.forward();
    pass.cost.backward();
    const hooks = hooksUnder(weights, beta, adapterDropout);
    const options = { ...hooks, dropout: dropoutPass(pass.dropout, key) };
    return taskLoss(model, taskLogits(model, weights, batch, options), batch);
  };
}
