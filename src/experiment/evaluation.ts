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
  PhaseCost,
  Prediction,
  Role,
  SequencePrediction,
  TaggingPrediction,
  TelemetryEvent,
} from '../telemetry/events';
import type { ExperimentContext } from './context';
import { CostMeter } from './cost';
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

/** The part of an evaluation that a snapshot keeps. */
export interface SavedEvaluation {
  /** Rows of dev whose loss is counted. */
  rows: number;
  /** Sum of the losses of these rows' labels, and how many labels they are. */
  totalLoss: number;
  totalCounted: number;
  predictions: Prediction[];
  cost: PhaseCost;
  /** The `evaluation` event was told. */
  told: boolean;
}

export class EvaluationRun {
  readonly cost: CostMeter;
  private readonly found: Omit<SavedEvaluation, 'cost'>;

  constructor(
    private readonly context: ExperimentContext,
    private readonly role: Role,
    private readonly trained: TrainedMethod & { ranks: LayerRank[] },
    saved?: SavedEvaluation,
  ) {
    const { cost, ...found } = saved ?? {
      rows: 0,
      totalLoss: 0,
      totalCounted: 0,
      predictions: [],
      told: false,
    };
    this.cost = new CostMeter(cost);
    this.found = { ...found, predictions: [...found.predictions] };
  }

  /** Finished pulls, without the last; as `evaluationSteps`. */
  get step(): number {
    const { task, config } = this.context;
    const { rows, predictions } = this.found;
    const batches = Math.ceil(rows / evaluationBatch(this.context));
    return task.kind === 'generation'
      ? batches + Math.ceil(predictions.length / recordsAtOnce(config.generation))
      : batches;
  }

  save(): SavedEvaluation {
    const { found, cost } = this;
    return { ...found, predictions: [...found.predictions], cost: cost.total };
  }

  /**
   * Goes on where it stands, after a pull that failed too. Yields nothing but the last pull, which is the evaluation, or an
   * error where the model computes no numbers.
   */
  async *steps(): AsyncGenerator<TelemetryEvent[], void, undefined> {
    const { context, found } = this;
    const model = trainedModel(this.trained.method, this.trained.weights);
    const left = context.dev.slice(found.rows);
    for (const rows of batchesInOrder(left, evaluationBatch(context), context.tokenizer.padId)) {
      if (!(await this.takeBatch(model, rows))) {
        yield [unscorableNotice(this.role, context.config)];
        return;
      }
      yield [];
    }
    if (context.task.kind === 'generation') {
      const records = context.devExamples as GenerationExample[];
      while (found.predictions.length < records.length) {
        await this.write(model, records);
        yield [];
      }
    }
    if (found.told) return;
    const event = await this.event();
    found.told = true;
    yield [event];
  }

  /** @returns false where its loss is no number */
  private async takeBatch(model: TrainedModel, rows: LabelledRows): Promise<boolean> {
    const { context, cost, found } = this;
    const computed = await logitsOfRows(context, model, rows);
    cost.drawn(rows);
    cost.forward();
    cost.step();
    if (!Number.isFinite(computed.loss)) return false;
    found.totalLoss += computed.loss * computed.counted;
    found.totalCounted += computed.counted;
    found.predictions.push(...predictionsOf(context, computed, rows, found.rows));
    found.rows += rows.size;
    return true;
  }

  /** Texts of the next records. */
  private async write(model: TrainedModel, records: readonly GenerationExample[]): Promise<void> {
    const { context, cost, found } = this;
    const start = found.predictions.length;
    const some = records.slice(start, start + recordsAtOnce(context.config.generation));
    const passes: number[] = [];
    const texts = await writeTexts(
      context,
      model,
      some.map(({ source }) => source),
      { onPass: (tokens) => passes.push(tokens) },
    );
    // Those of texts that could not be written to their end do not count.
    for (const tokens of passes) cost.decoded(tokens);
    cost.step();
    found.predictions.push(...some.map((record, i) => ({ ...record, generated: texts[i]?.text ?? '' })));
  }

  private async event(): Promise<EvaluationEvent> {
    const { context, role, trained, found } = this;
    const { predictions, totalLoss, totalCounted } = found;
    const { values, confusion } = await scoreOf(context, predictions);
    return {
      type: 'evaluation',
      role,
      kind: context.task.kind,
      metrics: { ...values, loss: totalLoss / totalCounted },
      primary: context.task.primaryMetric,
      confusion,
      parameters: countParameters(context, role, trained),
      ranks: trained.ranks,
      predictions,
    };
  }
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
