/**
 * What a step costs: plain LoRA and the search step of every estimator, on a classifier with random weights, dropout
 * off. Each timed step waits for the device, so that queued work is not taken for finished work.
 */
import * as tf from '@tensorflow/tfjs';
import { adaptWithLora, initLora, type LoraLayer, loraTargets } from '../adapters/lora';
import { initSelection, selectionWeights } from '../adapters/selection';
import type { BilevelLoss } from '../bilevel/hypergradient/estimator';
import { estimators } from '../bilevel/hypergradient/estimators';
import {
  type BilevelState,
  type BilevelStepOptions,
  bilevelInit,
  bilevelStep,
  disposeBilevelState,
  disposeReplaced,
  disposeReport,
} from '../bilevel/steps';
import { type EstimatorName, parseExperimentConfig } from '../config/experiment';
import { quantile } from '../metrics/quantile';
import { parseRobertaConfig } from '../model/config';
import {
  createTaskModel,
  type DeviceBatch,
  disposeDeviceBatch,
  disposeTaskModel,
  initHead,
  type TaskModel,
  taskLogits,
  taskLoss,
  toDevice,
} from '../model/taskModel';
import { ADAM_DEFAULTS } from '../optim/adamw';
import { RandomStream } from '../random/stream';
import type { BackendReport, BenchReport, BenchRow, BenchShape } from '../runtime/protocol';

/** Vocabulary, blocks, hidden, heads, feed-forward, tokens and examples per batch. */
const shapes = {
  S: { vocabulary: 1000, layers: 2, hidden: 64, heads: 4, wide: 256, length: 32, batch: 8 },
  M: { vocabulary: 2000, layers: 4, hidden: 128, heads: 4, wide: 512, length: 64, batch: 8 },
} as const;
const rank = 8;
/** Steps before the clock counts: the first is reported apart, the others let code be compiled and buffer pools fill. */
const warmUpSteps = 4;

interface Bench {
  model: TaskModel;
  layers: LoraLayer[];
  shape: (typeof shapes)[BenchShape];
  random: RandomStream;
}

async function createBench(config: BenchShape): Promise<Bench> {
  const shape = shapes[config];
  const model = parseRobertaConfig({
    model_type: 'roberta',
    vocab_size: shape.vocabulary,
    num_hidden_layers: shape.layers,
    hidden_size: shape.hidden,
    num_attention_heads: shape.heads,
    intermediate_size: shape.wide,
    max_position_embeddings: shape.length + 2,
    layer_norm_eps: 1e-5,
    type_vocab_size: 1,
  });
  const created = await createTaskModel(
    { config: model, tensors: new Map(), name: `bench ${config}` },
    { head: { kind: 'classification', outputs: 2 }, pretrained: false, seed: 1 },
  );
  const layers = loraTargets(model).map((target) => ({ ...target, rank, scaling: 16 / rank }));
  return { model: created.model, layers, shape, random: RandomStream.of(1, 'data') };
}

/** A batch of random tokens, none of them padding. */
function drawBatch({ model, shape, random }: Bench): DeviceBatch {
  const { batch: size, length, vocabulary } = shape;
  const firstWord = 4;
  return toDevice(model, {
    size,
    length,
    inputIds: Int32Array.from(
      { length: size * length },
      () => firstWord + random.below(vocabulary - firstWord),
    ),
    attentionMask: new Int32Array(size * length).fill(1),
    labels: Float32Array.from({ length: size }, () => random.below(2)),
  });
}

/** Loss under LoRA; with `selects` the components are weighed by softmax(β). */
function lossOn({ model, layers }: Bench, batch: DeviceBatch, selects: boolean): BilevelLoss {
  return (weights, beta) => {
    const selection = selects ? selectionWeights(beta, 'softmax') : undefined;
    const logits = taskLogits(model, weights, batch, {
      adapt: adaptWithLora(layers, { weights, selection }),
    });
    return taskLoss(model, logits, batch);
  };
}

/** Takes one step and waits for its loss. */
type TakeStep = () => Promise<void>;

/** Steps on a classifier of their own, one at a time: for counting what a step is made of. */
export async function createSteps(
  config: BenchShape,
  estimator: EstimatorName | undefined,
): Promise<{ take: TakeStep; dispose(): void }> {
  const bench = await createBench(config);
  const { take, dispose } = stepper(bench, estimator);
  return {
    take,
    dispose: () => {
      dispose();
      disposeTaskModel(bench.model);
    },
  };
}

/** Plain LoRA takes W's half of a step on unweighed components, a search step both halves. */
function stepper(bench: Bench, estimator: EstimatorName | undefined): { take: TakeStep; dispose(): void } {
  const { search, hypergradient } = parseExperimentConfig({});
  const options: BilevelStepOptions = {
    hypergradient: { ...hypergradient, estimator: estimator ?? 'first-order' },
    weightAdam: { ...ADAM_DEFAULTS, weightDecay: search.weightDecay },
    betaAdam: ADAM_DEFAULTS,
    weightLearningRate: search.learningRate,
    betaLearningRate: search.betaLearningRate,
    clipNorm: search.clipNorm,
    rollback: false,
    half: estimator ? 'both' : 'weights',
  };
  let state: BilevelState = bilevelInit(
    { ...initLora(bench.layers, 1), ...initHead(bench.model) },
    initSelection(bench.layers, 'softmax'),
  );
  const take = async () => {
    const train = drawBatch(bench);
    const validation = estimator ? drawBatch(bench) : undefined;
    const selects = estimator !== undefined;
    const stepped = bilevelStep(
      state,
      lossOn(bench, train, selects),
      lossOn(bench, validation ?? train, selects),
      options,
    );
    disposeReplaced(state, stepped.state);
    state = stepped.state;
    const loss = (await stepped.report.trainLoss.data())[0] as number;
    disposeReport(stepped.report);
    disposeDeviceBatch(train);
    if (validation) disposeDeviceBatch(validation);
    if (!Number.isFinite(loss)) throw new Error('The loss of the benchmark is not a number.');
  };
  return { take, dispose: () => disposeBilevelState(state) };
}

interface Counted {
  kernels: number;
  dispatches: number;
  peakBytes: number;
}

/** Counts tfjs kernels (those that kernels call too), GPU dispatches and live bytes while `act` runs. */
export async function countKernels(act: () => Promise<void>): Promise<Counted> {
  const engine = tf.engine();
  const backend = tf.backend() as { runWebGPUProgram?: (...args: unknown[]) => unknown };
  const counted: Counted = { kernels: 0, dispatches: 0, peakBytes: engine.state.numBytes };
  const { runKernel } = engine;
  const { runWebGPUProgram } = backend;
  engine.runKernel = function (this: typeof engine, ...args: Parameters<typeof runKernel>) {
    const output = runKernel.apply(this, args);
    counted.kernels += 1;
    counted.peakBytes = Math.max(counted.peakBytes, engine.state.numBytes);
    return output;
  } as typeof runKernel;
  if (runWebGPUProgram) {
    backend.runWebGPUProgram = function (this: typeof backend, ...args) {
      counted.dispatches += 1;
      return runWebGPUProgram.apply(this, args);
    };
  }
  try {
    await act();
  } finally {
    engine.runKernel = runKernel;
    if (runWebGPUProgram) backend.runWebGPUProgram = runWebGPUProgram;
  }
  return counted;
}

async function timed(act: TakeStep): Promise<number> {
  const begin = performance.now();
  await act();
  return performance.now() - begin;
}

async function measureRow(
  bench: Bench,
  estimator: EstimatorName | undefined,
  steps: number,
): Promise<Omit<BenchRow, 'ratio'>> {
  const { take, dispose } = stepper(bench, estimator);
  try {
    const firstMs = await timed(take);
    for (let i = 1; i < warmUpSteps; i++) await take();
    const times: number[] = [];
    for (let i = 0; i < steps; i++) times.push(await timed(take));
    times.sort((x, y) => x - y);
    return {
      name: estimator ? `search/${estimator}` : 'lora',
      medianMs: quantile(times, 0.5),
      lowMs: quantile(times, 0.25),
      highMs: quantile(times, 0.75),
      firstMs,
      ...(await countKernels(take)),
    };
  } finally {
    dispose();
  }
}

/**
 * Measures on the backend that is current.
 * @param steps timed steps per row
 */
export async function runBench(
  config: BenchShape,
  steps: number,
  backend: BackendReport,
): Promise<BenchReport> {
  const bench = await createBench(config);
  try {
    const rows: Omit<BenchRow, 'ratio'>[] = [];
    for (const estimator of [undefined, ...(Object.keys(estimators) as EstimatorName[])]) {
      rows.push(await measureRow(bench, estimator, steps));
    }
    const { medianMs: loraMs } = rows[0] as BenchRow;
    return { config, backend, steps, rows: rows.map((row) => ({ ...row, ratio: row.medianMs / loraMs })) };
  } finally {
    disposeTaskModel(bench.model);
  }
}
