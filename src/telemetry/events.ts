/**
 * What an experiment says while it runs: plain numbers and strings, no tensors, safe to post between threads, to
 * write as one JSON line, and to compare between two runs. Only fields named `…Ms` depend on the clock; everything
 * else is the same for the same seed and backend.
 */
import type { ExperimentConfig } from '../config/experiment';
import type { MethodName } from '../config/methods';

/** Which training an event belongs to, by its method: the run's own, or the LoRA baseline (`lora`) beside AutoLoRA. */
export type Role = MethodName;
export type TaskKind = 'classification' | 'regression' | 'tagging' | 'generation';
/** What of a search step is taken; `weights`: W alone; `selection`: β alone. */
export type StepHalf = 'weights' | 'selection' | 'both';
/** A step that a person takes by hand, or one that is watched in slow motion. */
export type AskedStep = StepHalf | 'watched';
export type Phase = 'search' | 'threshold' | 'retrain' | 'evaluate';

/** A LoRA layer's short name, `<block>.<projection>`: `0.query`. */
export type LayerName = string;

/** Selection state of one LoRA layer; every array has k entries. */
export interface LayerSelection {
  layer: LayerName;
  /** a, the selection weights. */
  selection: number[];
  /** β, the logits they come from. */
  beta: number[];
  /** Direct term of the hypergradient, ∂L_V/∂β at fixed W'. */
  direct: number[];
  /** Implicit term (already subtracted in the total: total = direct + implicit). */
  implicit: number[];
  /** ‖A_j‖·‖B_j‖ of each component. */
  magnitude: number[];
}

export interface LayerRank {
  layer: LayerName;
  rank: number;
}

export interface ParameterCount {
  /** Trainable parameters besides the head. */
  adapter: number;
  /** What is left of `adapter` where the method prunes while it trains. */
  kept?: number;
  /** Trainable parameters of the task head. */
  head: number;
  /** All frozen parameters of the model; 0 under full finetuning. */
  frozen: number;
}

/** Hashes that tell whether a saved run meets the model and the data it was made with. */
export interface Fingerprint {
  /** Of every weight's bits. */
  model: number;
  /** Of the token ids and labels of train and dev, in order. */
  data: number;
  /** Of the adapter's tensors, where training began from one. */
  adapter?: number;
}

/** Of what came from the Hub: branches move, commits do not. */
export interface HubCommits {
  model?: string;
  data?: string;
}

/** What a phase took; a pass is the model on one batch (in generation, on the next tokens). */
export interface PhaseCost {
  /** Steps taken; batches of an evaluation. */
  steps: number;
  /** Examples in the batches that were drawn, each as often as it was drawn. */
  examples: number;
  /** Their tokens without padding, and those read while texts were written. */
  tokens: number;
  forwardPasses: number;
  /** A second derivative counts as one more. */
  backwardPasses: number;
}

/** Said once, first. */
export interface StartEvent {
  type: 'start';
  config: ExperimentConfig;
  model: {
    name: string;
    /** Absent in records of earlier versions. */
    family?: 'roberta' | 'gpt2';
    parameters: number;
    layers: number;
    hidden: number;
    vocabulary: number;
    source: string;
  };
  task: {
    name: string;
    kind: TaskKind;
    labels: string[];
    trainSize: number;
    devSize: number;
    /** Examples that `devSize` were taken of, where data.devSize cut them. */
    devAvailable?: number;
    searchTrainSize: number;
    searchValidationSize: number;
    /** What evaluation reads; absent in records of earlier versions, which read dev. */
    evaluatedOn?: 'dev' | 'validation';
  };
  commits?: HubCommits;
  /** Absent in records of earlier versions. */
  fingerprint?: Fingerprint;
  /** s of each layer of the adapter that training begins from. */
  scalings?: Record<LayerName, number>;
  /** Sentences about what had to be decided, e.g. "classifier.dense.weight: fresh, not in the checkpoint". */
  notes: string[];
}

export interface PhaseEvent {
  type: 'phase';
  role: Role;
  phase: Phase;
  /** `stopped`: the phase ended before its last step. */
  status: 'begin' | 'end' | 'stopped';
  /** With `stopped`: why, and after which step. */
  reason?: 'asked' | 'stable-ranks' | 'diverged';
  step?: number;
  /** At the end of a search: a step of W or β alone was taken by hand, so that it is not the search of its configuration. */
  byHand?: true;
  /** Steps this phase will take (0 for threshold; batches for evaluate). */
  steps: number;
  /** Wall time of the phase; with `end` and `stopped`. */
  wallMs?: number;
  /** With `end` and `stopped`, but for `threshold`. */
  cost?: PhaseCost;
}

/** One reported search step. Losses are means over the steps since the last report. */
export interface SearchEvent {
  type: 'search';
  step: number;
  trainLoss: number;
  /** Absent where no β step was taken since the last report. */
  validationLoss?: number;
  /** Norms over all β of the terms of the last β step; absent where none was taken since the last report. */
  directNorm?: number;
  implicitNorm?: number;
  /** Current W learning rate. */
  learningRate: number;
  layers: LayerSelection[];
  /** Milliseconds per step since the last report. */
  stepMs: number;
}

/** How an estimate stands to the exact vector; what cannot be said of a zero vector is absent. */
export interface Agreement {
  /** ⟨estimate, exact⟩ / (‖estimate‖ ‖exact‖) */
  cosine?: number;
  /** ‖estimate‖ / ‖exact‖ */
  ratio?: number;
}

/** An estimate of the hypergradient beside the exact one. */
export interface HypergradientAgreement {
  total: Agreement;
  implicit: Agreement;
  /** ‖implicit‖ / (‖direct‖ + ‖implicit‖) of the estimate; 0 where both are 0. */
  share: number;
  /** The same of the exact hypergradient. */
  exactShare: number;
}

/** The step's estimate against dL_V(W'(β), β)/dβ by double backward, at the same W, β and batches. */
export interface InspectionEvent extends HypergradientAgreement {
  type: 'inspection';
  step: number;
  layers: ({ layer: LayerName } & HypergradientAgreement)[];
}

export interface RanksEvent {
  type: 'ranks';
  step: number;
  /** λ, or the mean that a variant compares with; per layer where it differs. */
  threshold: number[];
  ranks: LayerRank[];
  totalRank: number;
  /** Keyed by full module name, as PEFT spells it. */
  rankPattern: Record<string, number>;
  /** True when a person set them by hand. */
  edited: boolean;
}

export interface TrainEvent {
  type: 'train';
  role: Role;
  step: number;
  trainLoss: number;
  learningRate: number;
  stepMs: number;
  /** Rank of every layer after the last pruning, of a method that prunes while it trains; absent before the first one. */
  ranks?: LayerRank[];
}

export interface EvaluationEvent {
  type: 'evaluation';
  role: Role;
  kind: TaskKind;
  /** By the keys of `metrics/catalog.ts`: `accuracy`, `matthews`, `loss`, … */
  metrics: Record<string, number>;
  /** The metric the task is judged by. */
  primary: string;
  /** confusion[true][predicted]; empty but for classification. */
  confusion: number[][];
  parameters: ParameterCount;
  /** Rank of every layer at the end; empty for a method without ranks. */
  ranks: LayerRank[];
  predictions: Prediction[];
}

/** Of a classification or a regression. */
export interface SequencePrediction {
  text: string;
  pair?: string;
  /** Class index, or the score of a regression. */
  label: number;
  prediction: number;
  logits: number[];
}

/** One tag per word; words that were cut off count as `O`. */
export interface TaggingPrediction {
  words: string[];
  tags: string[];
  predicted: string[];
}

export interface GenerationPrediction {
  source: string;
  references: string[];
  generated: string;
}

export type Prediction = SequencePrediction | TaggingPrediction | GenerationPrediction;

/** Something a person should read: a fallback, a NaN and what to do about it, a skipped row. */
export interface NoticeEvent {
  type: 'notice';
  level: 'info' | 'warning' | 'error';
  message: string;
  /** Training came to a loss that is no number. */
  reason?: 'diverged';
}

export type TelemetryEvent =
  | StartEvent
  | PhaseEvent
  | SearchEvent
  | InspectionEvent
  | RanksEvent
  | TrainEvent
  | EvaluationEvent
  | NoticeEvent
  | { type: 'done'; wallMs: number };
