/**
 * A checkpoint on the device with the head of a task: frozen weights, the head's starting values, and logits and loss of
 * one batch under given trainable weights. The one place that knows which family and which head it is.
 */
import * as tf from '@tensorflow/tfjs';
import { purposeKey, RandomStream } from '../random/stream';
import { crossEntropy, IGNORED_LABEL } from '../tensor/ops';
import { allOrNothing, disposeRecord, type TensorRecord } from '../tensor/records';
import type { Gpt2Config, ModelConfig, RobertaConfig } from './config';
import { disposeTokenBatch, type ForwardOptions, type TokenBatch, type TokenRows } from './forward';
import { gpt2Batch, languageLogits } from './gpt2';
import { readStored, type StoredModel, type TensorArray } from './loadedModel';
import { randomWeight } from './randomWeights';
import { robertaBatch, sequenceLogits, tokenLogits } from './roberta';
import { expectedTensors, sequenceHeadTensors, type TensorShapes, tokenHeadTensors } from './tensorShapes';

/** What a task asks of a model. */
export type Head =
  /** One of `outputs` classes for a text or pair. */
  | { kind: 'classification'; outputs: number }
  /** One score for a text or pair. */
  | { kind: 'regression' }
  /** One of `outputs` tags for each word. */
  | { kind: 'tagging'; outputs: number }
  /** The next token; the head is the model's own. */
  | { kind: 'language'; labelSmoothing: number };

interface TaskModelOf<Config extends ModelConfig, HeadKind extends Head> {
  config: Config;
  head: HeadKind;
  /** Every weight but the task head's, under its canonical name. */
  frozen: TensorRecord;
  /** The head every training starts from: the checkpoint's where it fits the task, else drawn by seed; empty for GPT-2. */
  headInit: ReadonlyMap<string, TensorArray>;
  /** Frozen parameters. */
  parameterCount: number;
}

type RobertaTaskModel = TaskModelOf<RobertaConfig, Exclude<Head, { kind: 'language' }>>;
export type Gpt2TaskModel = TaskModelOf<Gpt2Config, Extract<Head, { kind: 'language' }>>;
export type TaskModel = RobertaTaskModel | Gpt2TaskModel;

const isGpt2 = (model: TaskModel): model is Gpt2TaskModel => model.config.family === 'gpt2';

export interface TaskModelOptions {
  head: Head;
  /** The task's class names in order; a checkpoint's head is taken only where its own are the same or not known. */
  labels?: readonly string[];
  /** False replaces the checkpoint's values by random ones of the same shapes. */
  pretrained: boolean;
  seed: number;
  /** Sees every weight of the checkpoint once, in a fixed order, on its way to the device. */
  onTensor?: (name: string, values: Float32Array) => void;
}

/** @throws Error with a sentence where the family has no such head */
export function checkHead({ family }: ModelConfig, head: Head, name: string): void {
  if (family === 'gpt2' && head.kind !== 'language')
    throw new Error(
      `${name} is a GPT-2, which writes texts: choose E2E or WebNLG for it, or a RoBERTa for this task.`,
    );
  if (family === 'roberta' && head.kind === 'language')
    throw new Error(
      `${name} is a RoBERTa, which cannot write texts: choose a GPT-2 for this task, e.g. the embedded gpt2-12.`,
    );
}

/**
 * Moves a checkpoint to the current backend, one tensor after the other, so that it is never held twice. Notes say what
 * was not taken from the checkpoint, those on its head apart.
 * @throws Error where head and family do not fit or a file cannot be read; then nothing is left on the device
 */
export async function createTaskModel(
  model: Pick<StoredModel, 'config' | 'tensors' | 'name'>,
  options: TaskModelOptions,
): Promise<{ model: TaskModel; notes: string[]; headNotes: string[] }> {
  const { config, name: modelName } = model;
  const { head, pretrained, seed, onTensor } = options;
  checkHead(config, head, modelName);
  const notes: string[] = [];
  if (!pretrained) notes.push('Untrained: every weight of the model was drawn at random.');
  const frozen: Record<string, tf.Tensor> = {};
  let parameterCount = 0;
  try {
    let index = 0;
    for (const [name, shape] of expectedTensors(config)) {
      const stored = model.tensors.get(name);
      if (!stored && pretrained) throw new Error(`${modelName}: tensor "${name}" is missing.`);
      const values = stored && (pretrained || onTensor) ? await readStored(stored) : undefined;
      if (values) onTensor?.(name, values);
      const data =
        pretrained && values
          ? values
          : randomWeight(name, shape, config, RandomStream.of(seed, 'weights', index));
      index += 1;
      frozen[name] = tf.tensor(data, shape);
      parameterCount += data.length;
    }
    const headNotes: string[] = [];
    const headInit = await initialHead(model, options, headNotes);
    return { model: { config, head, frozen, headInit, parameterCount } as TaskModel, notes, headNotes };
  } catch (error) {
    disposeRecord(frozen);
    throw error;
  }
}

/** Names and shapes of a task's own head; empty where it is the model's. */
export function headTensors(config: ModelConfig, head: Head): TensorShapes {
  if (head.kind === 'language') return new Map();
  if (head.kind === 'tagging') return tokenHeadTensors(config.hiddenSize, head.outputs);
  return sequenceHeadTensors(config.hiddenSize, head.kind === 'regression' ? 1 : head.outputs);
}

/** The checkpoint's names of its classes, unless they are mere numbers. */
function classNames(config: ModelConfig): string[] | undefined {
  const names = config.family === 'roberta' ? config.labelNames : undefined;
  return names?.some((name, i) => name !== `LABEL_${i}`) ? names : undefined;
}

const folded = (names: readonly string[]) => names.map((name) => name.toLowerCase()).join();

async function initialHead(
  { config, tensors }: Pick<StoredModel, 'config' | 'tensors'>,
  { head, labels, pretrained, seed, onTensor }: TaskModelOptions,
  notes: string[],
): Promise<Map<string, TensorArray>> {
  const init = new Map<string, TensorArray>();
  const shapes = [...headTensors(config, head)];
  if (shapes.length === 0) return init;
  const given = shapes.map(([name]) => tensors.get(name));
  const fits = given.every((tensor, i) => `${tensor?.shape}` === `${shapes[i]?.[1]}`);
  const named = head.kind === 'regression' ? undefined : labels;
  const own = named && classNames(config);
  const isOther = own !== undefined && folded(own) !== folded(named ?? []);
  const whyFresh = () => {
    if (!pretrained) return 'the model is untrained';
    if (fits && own) return `the checkpoint's classes are ${own.join(', ')}`;
    const last = given[shapes.length - 2];
    return last
      ? `the checkpoint's has ${last.shape[0]} outputs, the task needs ${shapes[shapes.length - 2]?.[1][0]}`
      : 'the checkpoint has none for this task';
  };
  if (pretrained && fits && !isOther) {
    for (const [i, [name, shape]] of shapes.entries()) {
      const stored = given[i];
      if (!stored) continue;
      const data = await readStored(stored);
      onTensor?.(name, data);
      init.set(name, { shape, data });
    }
    if (named && !own)
      notes.push(
        `The ${head.kind} head is the checkpoint's, which does not name its classes: they are taken in the task's order.`,
      );
    return init;
  }
  notes.push(`The ${head.kind} head is fresh: ${whyFresh()}.`);
  shapes.forEach(([name, shape], i) => {
    const random = new RandomStream(purposeKey(seed, 'head', i));
    init.set(name, { shape, data: randomWeight(name, shape, config, random) });
  });
  return init;
}

/** The head's starting values as tensors, the caller's to dispose. */
export function initHead(model: TaskModel): TensorRecord {
  return Object.fromEntries(
    [...model.headInit].map(([name, { shape, data }]) => [name, tf.tensor(data, shape)]),
  );
}

/** Rows and labels as the collator gives them. */
export interface LabelledRows extends TokenRows {
  /** (B) classes or scores; (B, T) tags or token ids, −100 where there is none */
  labels: Float32Array | Int32Array;
}

/** One batch on the device. */
export interface DeviceBatch {
  tokens: TokenBatch;
  /** (N): classes (int32), scores (float32), tags of the B·T tokens, or the M tokens to predict */
  labels: tf.Tensor1D;
  /** (M), int32: for GPT-2 the rows of the B·T whose next token is to be predicted */
  positions?: tf.Tensor1D;
}

/** The batch on the device; where a tensor cannot be made, none is left. */
export function toDevice(model: TaskModel, rows: LabelledRows): DeviceBatch {
  return allOrNothing(() => deviceBatch(model, rows));
}

function deviceBatch(model: TaskModel, rows: LabelledRows): DeviceBatch {
  if (isGpt2(model)) {
    // A label says which token stands there; the one before it predicts it.
    const labelled = [...rows.labels.keys()].filter(
      (i) => i % rows.length !== 0 && rows.labels[i] !== IGNORED_LABEL,
    );
    return {
      tokens: gpt2Batch(rows),
      labels: tf.tensor1d(
        Int32Array.from(labelled, (i) => rows.labels[i] as number),
        'int32',
      ),
      positions: tf.tensor1d(
        Int32Array.from(labelled, (i) => i - 1),
        'int32',
      ),
    };
  }
  const { config, head } = model;
  return {
    tokens: robertaBatch(rows, config.padTokenId),
    labels:
      head.kind === 'regression'
        ? tf.tensor1d(rows.labels)
        : tf.tensor1d(Int32Array.from(rows.labels), 'int32'),
  };
}

export function disposeDeviceBatch({ tokens, labels, positions }: DeviceBatch): void {
  disposeTokenBatch(tokens);
  tf.dispose([labels, positions]);
}

/**
 * Logits under trainable weights, which stand over the frozen ones of the same name.
 * @returns (B, C) for a text, (B·T, C) for tags, (M, V) for the tokens to predict
 */
export function taskLogits(
  model: TaskModel,
  trainable: TensorRecord,
  { tokens, positions }: Omit<DeviceBatch, 'labels'>,
  options: ForwardOptions = {},
): tf.Tensor2D {
  const weights = { ...model.frozen, ...trainable };
  if (isGpt2(model)) return languageLogits(model.config, weights, tokens, positions as tf.Tensor1D, options);
  return model.head.kind === 'tagging'
    ? tokenLogits(model.config, weights, tokens, options)
    : sequenceLogits(model.config, weights, tokens, options);
}

/**
 * Mean cross-entropy over what carries a label, with label smoothing for a language head (torch.nn.CrossEntropyLoss), or
 * mean squared error of a regression: as the Hugging Face heads.
 */
export function taskLoss(
  model: TaskModel,
  logits: tf.Tensor2D,
  { labels }: Pick<DeviceBatch, 'labels'>,
  smoothing?: number,
): tf.Scalar {
  const { head } = model;
  if (head.kind === 'regression') {
    const difference = tf.sub(tf.reshape(logits, [-1]), labels);
    return tf.mean(tf.mul(difference, difference)) as tf.Scalar;
  }
  return crossEntropy(logits, labels, head.kind === 'language' ? (smoothing ?? head.labelSmoothing) : 0);
}

export function disposeTaskModel(model: TaskModel): void {
  disposeRecord(model.frozen);
}
