/** Evaluation on dev (or on D_val), the only place where dev is read: batches in order, no dropout; one pull is one batch. */
import * as tf from '@tensorflow/tfjs';
import { argmax } from '../generation/candidates';
import { type FinetuningMethod, type TrainedModel, trainedModel } from '../methods/method';
import { disposeDeviceBatch, type LabelledRows, taskLogits, taskLoss, toDevice } from '../model/taskModel';
import { batchesInOrder, collate } from '../tasks/batches';
import { type FirstTokens, NO_LABEL } from '../tasks/encoding';
import type { GenerationExample, SequenceExample, TaggingExample, TaskMetrics } from '../tasks/task';
import type {
  EvaluationEvent,
  GenerationPrediction,
  LayerRank,
  ParameterCount,
  Prediction,
  Role,
  SequencePrediction,
  TaggingPrediction,
  TelemetryEvent,
} from '../telemetry/events';
import type { ExperimentContext } from './context';
import type { CostMeter } from './cost';
import { unscorableNotice } from './divergence';
import type { TrainedMethod } from './training';
import { recordsAtOnce, writeTexts } from './writing';

/** Rows per evaluation batch, never more than a step was given memory for; it changes no number beyond rounding. */
const evaluationBatch = ({ config }: ExperimentContext) => Math.min(32, config.retrain.batchSize);

/** Pulls of an evaluation before the last. */
export function evaluationSteps(context: ExperimentContext): number {
  const { task, dev, devExamples, config } = context;
  const batches = Math.ceil(dev.length / evaluationBatch(context));
  return task.kind === 'generation'
    ? batches + Math.ceil(devExamples.length / recordsAtOnce(config.generation))
    : batches;
}

/** Logits of one batch without dropout, row by row, and the mean loss over the `counted` labels of the batch. */
export async function logitsOfRows(
  context: ExperimentContext,
  model: TrainedModel,
  rows: LabelledRows,
): Promise<{ logits: number[][]; loss: number; counted: number }> {
  const batch = toDevice(context.model, rows);
  let computed: tf.Tensor[] = [];
  try {
    const [logits, loss] = tf.tidy(() => {
      const found = taskLogits(context.model, model.weights, batch, model.hooks());
      // Label smoothing is of training.
      return [found, taskLoss(context.model, found, batch, 0)] as [tf.Tensor2D, tf.Scalar];
    });
    computed = [logits, loss];
    const counted = rows.labels.filter((label) => label !== NO_LABEL).length;
    // A vocabulary's worth of logits for every token is read by nobody.
    const read = context.task.kind === 'generation' ? [] : ((await logits.array()) as number[][]);
    const [mean] = await loss.data();
    return { logits: read, loss: mean as number, counted };
  } finally {
    tf.dispose(computed);
    disposeDeviceBatch(batch);
  }
}

/** Logits of one text or pair. */
export async function logitsOfText(
  context: ExperimentContext,
  model: TrainedModel,
  text: string,
  pair?: string,
): Promise<number[]> {
  const { tokenizer, maxLength } = context;
  const ids = tokenizer.encode(text, pair, { maxLength });
  const { logits } = await logitsOfRows(context, model, collate([{ ids, label: 0 }], tokenizer.padId));
  return logits[0] as number[];
}

/** The tag of each word by the largest logit of its first token; `O` for a word without one. */
export function tagsOfRow(
  logits: readonly (readonly number[])[],
  words: FirstTokens,
  names: readonly string[],
): string[] {
  return words.map((token) =>
    token === undefined ? 'O' : (names[argmax(logits[token] as number[])] as string),
  );
}

/** Predictions of one batch whose first row is dev row `start`. */
function predictionsOf(
  { task, dev, devExamples }: ExperimentContext,
  { logits }: { logits: number[][] },
  { size, length }: LabelledRows,
  start: number,
): Prediction[] {
  if (task.kind === 'generation') return [];
  return Array.from({ length: size }, (_, row) => {
    const example = devExamples[start + row];
    if (task.kind === 'tagging') {
      const { words, tags } = example as TaggingExample;
      const own = logits.slice(row * length, (row + 1) * length);
      const predicted = tagsOfRow(own, dev[start + row]?.words ?? [], task.labels);
      return { words, tags, predicted };
    }
    const { text, pair, label } = example as SequenceExample;
    const found = logits[row] as number[];
    const prediction = task.kind === 'regression' ? (found[0] as number) : argmax(found);
    return { text, ...(pair !== undefined && { pair }), label, prediction, logits: found };
  });
}

/** Yields nothing but the last pull, which is the evaluation, or an error where the model computes no numbers. */
export async function* evaluate(
  context: ExperimentContext,
  role: Role,
  trained: TrainedMethod & { ranks: LayerRank[] },
  cost: CostMeter,
): AsyncGenerator<TelemetryEvent[], void, undefined> {
  const { task, devExamples } = context;
  const { ranks } = trained;
  const model = trainedModel(trained.method, trained.weights);
  const predictions: Prediction[] = [];
  let totalLoss = 0;
  let totalCounted = 0;
  for (const rows of batchesInOrder(context.dev, evaluationBatch(context), context.tokenizer.padId)) {
    const found = await logitsOfRows(context, model, rows);
    cost.drawn(rows);
    cost.forward();
    cost.step();
    if (!Number.isFinite(found.loss)) {
      yield [unscorableNotice(role, context.config)];
      return;
    }
    totalLoss += found.loss * found.counted;
    totalCounted += found.counted;
    predictions.push(...predictionsOf(context, found, rows, predictions.length));
    yield [];
  }
  if (task.kind === 'generation') {
    const records = devExamples as GenerationExample[];
    const atOnce = recordsAtOnce(context.config.generation);
    for (let start = 0; start < records.length; start += atOnce) {
      const some = records.slice(start, start + atOnce);
      const texts = await writeTexts(
        context,
        model,
        some.map(({ source }) => source),
        { onPass: (tokens) => cost.decoded(tokens) },
      );
      cost.step();
      predictions.push(...some.map((record, i) => ({ ...record, generated: texts[i]?.text ?? '' })));
      yield [];
    }
  }
  const { values, confusion } = await scoreOf(context, predictions);
  const event: EvaluationEvent = {
    type: 'evaluation',
    role,
    kind: task.kind,
    metrics: { ...values, loss: totalLoss / totalCounted },
    primary: task.primaryMetric,
    confusion,
    parameters: countParameters(context, role, trained),
    ranks,
    predictions,
  };
  yield [event];
}

function scoreOf({ task }: ExperimentContext, predictions: readonly Prediction[]): Promise<TaskMetrics> {
  if (task.kind === 'tagging') {
    const rows = predictions as TaggingPrediction[];
    return task.score(
      rows.map(({ predicted }) => predicted),
      rows.map(({ tags }) => tags),
    );
  }
  if (task.kind === 'generation') {
    const rows = predictions as GenerationPrediction[];
    return task.score(
      rows.map(({ generated }) => generated),
      rows.map(({ references }) => references),
    );
  }
  const rows = predictions as SequencePrediction[];
  return task.score(
    rows.map(({ prediction }) => prediction),
    rows.map(({ label }) => label),
  );
}

/** What was trained, the head's share, what a pruning method left of it, and what stayed frozen. */
function countParameters(
  { model }: ExperimentContext,
  role: Role,
  { method, ranks }: { method: FinetuningMethod; ranks: readonly LayerRank[] },
): ParameterCount {
  let head = 0;
  for (const { data } of model.headInit.values()) head += data.length;
  const { hiddenSize } = model.config;
  return {
    adapter: method.parameterCount,
    // A pruned component takes its row of A, its column of B and its own number with it.
    ...(method.prunesAfter && {
      kept: ranks.reduce((total, { rank }) => total + rank * (2 * hiddenSize + 1), 0),
    }),
    head,
    frozen: role === 'full' ? 0 : model.parameterCount,
  };
}
