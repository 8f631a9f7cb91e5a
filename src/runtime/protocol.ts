/**
 * Everything that crosses between the page (or the command line's browser) and the training worker, in one file.
 * Requests carry an id and are answered exactly once (`reply` or `failure`); messages without an id are pushed.
 */
import type { ExperimentConfig, ExperimentInput } from '../config/experiment';
import type { DrawnBatch } from '../tasks/batches';
import type {
  HubCommits,
  HypergradientAgreement,
  LayerName,
  LayerRank,
  Role,
  StepHalf,
  TelemetryEvent,
} from '../telemetry/events';

/** The fastest first. */
export const backendNames = ['webgpu', 'wasm', 'cpu'] as const;
export type BackendName = (typeof backendNames)[number];

/** Which backend runs, and why not a faster one. */
export interface BackendReport {
  name: BackendName;
  /** GPU adapter as the browser names it, or e.g. "WASM SIMD, 4 threads". */
  description: string;
  /** True where the adapter is a software renderer (SwiftShader, llvmpipe). */
  software: boolean;
  threads: number;
  /** Backends that were tried first and refused: a sentence each. */
  rejected: { name: BackendName; reason: string }[];
  /** Worst relative error of the self-check's loss and gradients against the CPU. */
  selfCheckError: number;
}

/** What the transport bar shows. */
export type RunStatus =
  | 'empty' // nothing loaded
  | 'paused' // loaded or paused by hand
  | 'running'
  | 'thresholded' // ranks known, retraining not started
  | 'finished';

export interface Progress {
  status: RunStatus;
  role: Role;
  phase: 'search' | 'threshold' | 'retrain' | 'evaluate';
  step: number;
  steps: number;
  /** Recent mean milliseconds per step. */
  stepMs: number;
  /** Estimated remaining time of the whole experiment. */
  remainingMs: number;
  /** Rests of slow motion before its end, beside that. */
  restMs?: number;
  /** Why it stopped by itself, as the last error notice says; absent where a person paused it, or it goes on. */
  failure?: string;
  /** True where it stopped since training came to a loss that is no number. */
  diverged?: true;
  /** True where the device refused to compute some of its numbers (`failure`): the worker gives nothing of it away any more. */
  untrusted?: true;
  /** Of the latest search step: the batch that W was stepped on, and β's where β was stepped. */
  drawn?: { weights?: DrawnBatch; selection?: DrawnBatch };
  /** Live tensors of the engine, the model's among them. */
  tensors: number;
  /** That they hold on the current backend. */
  bytes: number;
}

/** A file whose bytes are read where they are needed; posted by reference. */
export interface FileBlob {
  /** Path relative to the dropped folder, or the bare name. */
  name: string;
  blob: Blob;
}

/** A file by name; transferred, never copied twice. */
export interface NamedFile {
  /** Path relative to the dropped folder, or the bare name. */
  name: string;
  bytes: ArrayBuffer;
}

/** A run as it can be stored and taken up again: JSON beside one safetensors blob. */
export interface Snapshot {
  /** `experiment/snapshot.ts` owns the content. */
  state: unknown;
  tensors: Uint8Array;
}

/** `before`: before training on this run; else by method: after, or as far as it is. */
export type AskedModel = 'before' | Role;

/** One model's answer about one text. */
export type TextPrediction =
  | {
      kind: 'classification' | 'regression';
      model: AskedModel;
      logits: number[];
      /** Softmax of the logits; for a regression the score alone. */
      probabilities: number[];
    }
  | { kind: 'tagging'; model: AskedModel; words: string[]; tags: string[] };

/** What a model wrote for one record. */
export interface GeneratedText {
  model: AskedModel;
  text: string;
  finishReason: 'end' | 'length' | 'cancelled';
}

export type Request =
  /** `advice`: what can be done where the device refuses work; what the page can do by default. */
  | { type: 'start-backend'; prefer: BackendName | 'auto'; advice?: string }
  | {
      type: 'load';
      config: ExperimentInput;
      /** Checkpoint folder (config.json, *.safetensors, tokenizer files) when config.model.source is not `embedded`. */
      modelFiles?: FileBlob[];
      /** One file or several (WebNLG's XML) where config.data.source is not `embedded`. */
      trainFiles?: FileBlob[];
      devFiles?: FileBlob[];
      /** A PEFT adapter's two files where config.adapter.from names one. */
      adapterFiles?: FileBlob[];
      /** Of what the files hold, where they came from the Hub. */
      commits?: HubCommits;
      /** Take up this run where it stood. */
      snapshot?: Snapshot;
    }
  /** Run on; with `through` go past threshold and retrain to the end without asking. */
  | { type: 'play'; through: boolean }
  /** Whether it goes past threshold and retrain without asking, for a run that is not told to play. */
  | { type: 'through'; through: boolean }
  | { type: 'pause' }
  | { type: 'step'; half: StepHalf }
  /** Milliseconds to rest after each step; 0 is full speed. */
  | { type: 'slow'; restMs: number }
  /** End the search here and derive the ranks. */
  | { type: 'threshold' }
  /** Start retraining, with the derived ranks or with ranks set by hand. */
  | { type: 'retrain'; ranks?: readonly LayerRank[] }
  | { type: 'predict'; text: string; pair?: string }
  /** Texts for a record by every model of the run; pushed as `generation` while they grow. */
  | { type: 'generate'; source: string }
  /** Ends the generation under way; what is written so far is its answer. */
  | { type: 'cancel-generation' }
  | { type: 'snapshot' }
  /** Lets go of the loaded run. */
  | { type: 'unload' }
  /** Files of a trained model: a PEFT adapter where its method is LoRA at heart, else its tensors. */
  | { type: 'export-adapter'; role: Role }
  /** A trained model as a whole checkpoint folder, its update merged into the weights. */
  | { type: 'export-merged'; role: Role }
  /** Golden folders, for `autolora verify --backend webgpu`. */
  | { type: 'verify'; folder: string; files: NamedFile[] }
  | { type: 'bench'; config: BenchShape; steps: number }
  /** Searches to that step and compares all estimators there. */
  | { type: 'inspect'; steps: number; etas: number[] };

export type RequestType = Request['type'];

/** Answer to each request. */
export interface Replies {
  'start-backend': BackendReport;
  load: { config: ExperimentConfig };
  play: null;
  through: null;
  pause: null;
  step: null;
  slow: null;
  threshold: null;
  retrain: null;
  predict: TextPrediction[];
  generate: GeneratedText[];
  'cancel-generation': null;
  snapshot: Snapshot;
  unload: null;
  'export-adapter': NamedFile[];
  'export-merged': NamedFile[];
  verify: VerifyReport;
  bench: BenchReport;
  inspect: InspectReport;
}

/** One compared quantity of a golden folder. */
export interface VerifyCheck {
  /** e.g. `logits`, `grads/classifier.dense.weight`, `ids of case 3`. */
  name: string;
  /** Error in the tolerance's own terms (relative to the largest magnitude, or absolute). */
  error: number;
  tolerance: number;
  passed: boolean;
}

export interface VerifyReport {
  folder: string;
  kind: string;
  backend: BackendName;
  checks: VerifyCheck[];
  /** Set when the folder could not be compared at all, and why. */
  skipped?: string;
  passed: boolean;
}

export interface BenchRow {
  /** `lora` or `search/<estimator>`. */
  name: string;
  /** Median and quartiles of milliseconds per step. */
  medianMs: number;
  lowMs: number;
  highMs: number;
  firstMs: number;
  /** tfjs kernels per step. */
  kernels: number;
  /** GPU dispatches per step; 0 off the GPU. */
  dispatches: number;
  peakBytes: number;
  /** medianMs over that of `lora` in the same run. */
  ratio: number;
}

/** A small or a middle-sized model and batch; `experiment/bench.ts` says of what sizes. */
export type BenchShape = 'S' | 'M';

export interface BenchReport {
  config: BenchShape;
  backend: BackendReport;
  steps: number;
  rows: BenchRow[];
}

/** One way of computing the hypergradient beside the exact one through the same unrolled step. */
export interface InspectRow
  extends HypergradientAgreement,
    Pick<ExperimentConfig['hypergradient'], 'estimator' | 'unroll' | 'perturbAround' | 'implicitScale'> {
  /** Length of the unrolled SGD step; absent where the optimizer's own step is unrolled. */
  eta?: number;
  layers: ({ layer: LayerName } & HypergradientAgreement)[];
  /** Evaluations of a loss, each with at least one backward pass. */
  passes: number;
  /** Median milliseconds, transfer included. */
  ms: number;
}

export interface InspectReport {
  /** Search steps taken before. */
  step: number;
  /** W learning rate of the step that would come next, which the optimizer's unrolled step takes. */
  learningRate: number;
  rows: InspectRow[];
}

/** Page → worker. */
export type ToWorker = { id: number } & Request;

/** Worker → page. */
export type FromWorker =
  | { type: 'reply'; id: number; value: Replies[RequestType] }
  /** `message` is a sentence for people: what, where, how to mend it. */
  | { type: 'failure'; id: number; message: string }
  | { type: 'telemetry'; events: TelemetryEvent[] }
  | { type: 'progress'; progress: Progress }
  /** The text that a model has written so far. */
  | { type: 'generation'; model: AskedModel; text: string }
  /** The device was lost: the run stands at its last snapshot, the worker must be started again. */
  | { type: 'device-lost'; message: string };

/** What an error says to people: the message of a failure. */
export function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
