/** What stays fixed while an experiment runs: configuration, model on the device, task, encoded examples, layers. */
import { adaptWithLora, type LoraLayer, loraTargets } from '../adapters/lora';
import { selectionWeights } from '../adapters/selection';
import type { BilevelLoss } from '../bilevel/hypergradient/estimator';
import type { ExperimentConfig, SelectionVariant } from '../config/experiment';
import {
  type Classifier,
  classifierLogits,
  classifierLoss,
  createClassifier,
  type DeviceBatch,
} from '../model/classifier';
import { longestInput } from '../model/config';
import type { ModelArrays } from '../model/loadedModel';
import type { DropoutPass } from '../model/roberta';
import { hashKey, purposeKey, RandomStream } from '../random/stream';
import { type EncodedExample, encodeExamples, splitExamples } from '../tasks/batches';
import type { Example, Task } from '../tasks/task';
import type { StartEvent } from '../telemetry/events';
import type { Tokenizer } from '../tokenizer/tokenizer';
import { type Fingerprint, fingerprintOf } from './fingerprint';

export interface ExperimentSetting {
  config: ExperimentConfig;
  classifier: Classifier;
  tokenizer: Tokenizer;
  task: Task;
  /** D_tr ∪ D_val, what retraining sees. */
  train: EncodedExample[];
  searchTrain: EncodedExample[];
  searchValidation: EncodedExample[];
  dev: EncodedExample[];
  devExamples: Example[];
  start: StartEvent;
  fingerprint: Fingerprint;
}

export interface SettingInput {
  config: ExperimentConfig;
  model: ModelArrays;
  task: Task;
  train: readonly Example[];
  dev: readonly Example[];
  /** Said in the start event. */
  notes: readonly string[];
}

/**
 * Checks that data, model and configuration fit, moves the model to the device, encodes and splits.
 * @throws Error with a sentence when they do not fit; then nothing is left on the device.
 */
export function createSetting({ config, model, task, train, dev, notes }: SettingInput): ExperimentSetting {
  const { trainSize, devSize, validationFraction } = config.data;
  const longest = longestInput(model.config);
  const said = [...notes, ...model.notes];
  const maxLength = Math.min(config.model.maxLength, longest);
  if (maxLength < config.model.maxLength) {
    said.push(`The longest input is ${longest} tokens, all the positions that ${model.name} has.`);
  }
  const shuffled = RandomStream.of(config.seed, 'data').permutation(train.length);
  const chosen = [...shuffled.subarray(0, trainSize || train.length)].map((i) => train[i] as Example);
  const devExamples = devSize ? dev.slice(0, devSize) : [...dev];
  if (chosen.length < 4) {
    throw new Error(
      `The train set has ${chosen.length} examples (of ${train.length}); at least 4 are needed to split it in two.`,
    );
  }
  if (devExamples.length === 0)
    throw new Error('The dev set is empty; evaluation needs at least one example.');

  const rows = encodeExamples(chosen, model.tokenizer, maxLength);
  const { train: searchTrain, validation: searchValidation } = splitExamples(
    rows,
    validationFraction,
    config.seed,
  );
  const devRows = encodeExamples(devExamples, model.tokenizer, maxLength);
  const regression = task.kind === 'regression';
  const { classifier, notes: headNotes } = createClassifier(model, {
    outputs: regression ? 1 : task.labels.length,
    regression,
    pretrained: config.model.pretrained,
    seed: config.seed,
  });
  return {
    config,
    classifier,
    tokenizer: model.tokenizer,
    task,
    train: rows,
    searchTrain,
    searchValidation,
    dev: devRows,
    devExamples,
    fingerprint: fingerprintOf(model, rows, devRows),
    start: {
      type: 'start',
      config,
      model: {
        name: model.name,
        parameters: classifier.parameterCount,
        layers: model.config.layers,
        hidden: model.config.hiddenSize,
        vocabulary: model.config.vocabSize,
        source: model.source,
      },
      task: {
        name: task.name,
        labels: [...task.labels],
        trainSize: rows.length,
        devSize: devExamples.length,
        searchTrainSize: searchTrain.length,
        searchValidationSize: searchValidation.length,
      },
      notes: [...said, ...headNotes],
    },
  };
}

/** LoRA layers at a rank per layer. @param divisor rank that lora_alpha is divided by; the layer's own by default */
export function layersAtRank(
  setting: ExperimentSetting,
  rankOf: (name: string) => number,
  divisor?: number,
): LoraLayer[] {
  return loraTargets(setting.classifier.config).map((target) => {
    const rank = rankOf(target.name);
    return {
      ...target,
      rank,
      scaling: rank === 0 ? 0 : setting.config.adapter.loraAlpha / (divisor ?? rank),
    };
  });
}

/** Streams of batches and masks that must not coincide. */
export const STREAMS = { searchTrain: 0, searchValidation: 1, retrain: 2 } as const;

export type Stream = keyof typeof STREAMS;

/** Key of a step's dropout masks; passes that are subtracted share it. */
function dropoutKey(setting: ExperimentSetting, stream: Stream, step: number): number {
  return hashKey(purposeKey(setting.config.seed, 'dropout'), STREAMS[stream], step);
}

/** The model's own dropout at the rate a phase asks for. */
function dropoutPass(rate: number, key: number): DropoutPass | undefined {
  return rate > 0 ? { hidden: rate, attention: rate, head: rate, key } : undefined;
}

/** Loss on one batch as a function of W and β; with no variant β is not read (plain LoRA). */
export function lossOn(
  setting: ExperimentSetting,
  layers: readonly LoraLayer[],
  batch: DeviceBatch,
  pass: { variant?: SelectionVariant; dropout: number; stream: Stream; step: number },
): BilevelLoss {
  const { classifier, config } = setting;
  const key = dropoutKey(setting, pass.stream, pass.step);
  return (weights, beta) => {
    const adapt = adaptWithLora(layers, {
      weights,
      selection: pass.variant ? selectionWeights(beta, pass.variant) : undefined,
      dropout: config.adapter.dropout > 0 ? { rate: config.adapter.dropout, key } : undefined,
    });
    const options = { adapt, dropout: dropoutPass(pass.dropout, key) };
    const logits = classifierLogits(classifier, weights, batch.tokens, options);
    return classifierLoss(classifier, logits, batch.labels);
  };
}
