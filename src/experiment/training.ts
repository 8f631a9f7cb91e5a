/** Plain LoRA training on all of train: AutoLoRA's retraining and the LoRA baseline; one pull is one step. */
import * as tf from '@tensorflow/tfjs';
import { initLora, type LoraLayer } from '../adapters/lora';
import { weightStep } from '../bilevel/steps';
import { disposeDeviceBatch, initHead, toDevice } from '../model/taskModel';
import { ADAM_DEFAULTS, type AdamState, adamInit } from '../optim/adamw';
import { learningRateAt } from '../optim/schedule';
import { type BatchPosition, BatchSampler } from '../tasks/batches';
import type { LayerRank, Role, TelemetryEvent, TrainEvent } from '../telemetry/events';
import { disposeRecord, keepRecord, type TensorRecord, valueAndGradients } from '../tensor/records';
import { LossMeter, readWithMeters } from './lossMeter';
import { type ExperimentSetting, layersAtRank, lossOn, STREAMS } from './setting';
import { StepClock } from './stepClock';

/** The part of a training that is not tensors. */
export interface SavedTraining {
  role: Role;
  ranks: LayerRank[];
  step: number;
  adamStep: number;
  position: BatchPosition;
  losses: number[];
}

export class TrainingRun {
  readonly layers: LoraLayer[];
  private readonly sampler: BatchSampler;
  private readonly meter: LossMeter;
  private readonly clock = new StepClock();

  private constructor(
    private readonly setting: ExperimentSetting,
    readonly role: Role,
    readonly ranks: LayerRank[],
    public weights: TensorRecord,
    private adam: AdamState,
    public step: number,
    saved?: SavedTraining,
  ) {
    const { config, tokenizer, train } = setting;
    this.layers = trainingLayers(setting, role, ranks);
    this.sampler = new BatchSampler(
      train,
      {
        batchSize: config.retrain.batchSize,
        padId: tokenizer.padId,
        seed: config.seed,
        stream: STREAMS.retrain,
      },
      saved?.position,
    );
    this.meter = new LossMeter(saved?.losses);
  }

  /**
   * Fresh LoRA layers of the given ranks and the head's starting values.
   * @param start taken over instead of fresh weights
   */
  static begin(
    setting: ExperimentSetting,
    role: Role,
    ranks: LayerRank[],
    start?: TensorRecord,
  ): TrainingRun {
    const layers = trainingLayers(setting, role, ranks);
    const weights = start ?? { ...initLora(layers, setting.config.seed), ...initHead(setting.model) };
    return new TrainingRun(setting, role, ranks, weights, adamInit(weights), 0);
  }

  static resume(
    setting: ExperimentSetting,
    saved: SavedTraining,
    groups: Record<string, TensorRecord>,
  ): TrainingRun {
    const adam = { step: saved.adamStep, mean: groups.mean ?? {}, square: groups.square ?? {} };
    return new TrainingRun(setting, saved.role, saved.ranks, groups.weights ?? {}, adam, saved.step, saved);
  }

  /** Recent milliseconds per step. */
  get stepMs(): number {
    return this.clock.stepMs;
  }

  get tensors(): Record<string, TensorRecord> {
    return { weights: this.weights, mean: this.adam.mean, square: this.adam.square };
  }

  async save(): Promise<SavedTraining> {
    await readWithMeters([this.meter], []);
    return {
      role: this.role,
      ranks: this.ranks,
      step: this.step,
      adamStep: this.adam.step,
      position: this.sampler.position,
      losses: [...this.meter.numbers],
    };
  }

  async *steps(): AsyncGenerator<TelemetryEvent[], void, undefined> {
    const { retrain, reportEvery } = this.setting.config;
    while (this.step < retrain.steps) {
      this.takeStep();
      const report = this.step % reportEvery === 0 || this.step === retrain.steps;
      yield report ? [await this.report()] : [];
    }
  }

  /** Rate of step `step`, from 0. */
  private rateOf(step: number): number {
    const { schedule, learningRate, steps, warmupFraction } = this.setting.config.retrain;
    return learningRateAt(step, { kind: schedule, learningRate, steps, warmupFraction });
  }

  private takeStep(): void {
    this.clock.begin();
    const { setting } = this;
    const { retrain } = setting.config;
    const batch = toDevice(setting.model, this.sampler.next());
    const loss = lossOn(setting, this.layers, batch, {
      dropout: retrain.dropout,
      stream: 'retrain',
      step: this.step,
    });
    tf.tidy(() => {
      const pass = valueAndGradients(() => loss(this.weights, {}), { weights: this.weights });
      const next = weightStep(this.weights, this.adam, pass.gradients.weights, {
        clipNorm: retrain.clipNorm,
        weightAdam: { ...ADAM_DEFAULTS, weightDecay: retrain.weightDecay },
        weightLearningRate: this.rateOf(this.step),
      });
      const replaced = Object.values(this.tensors);
      this.weights = keepRecord(next.weights);
      this.adam = next.state;
      keepRecord(next.state.mean);
      keepRecord(next.state.square);
      for (const record of replaced) disposeRecord(record);
      this.meter.add(tf.keep(pass.value));
    });
    disposeDeviceBatch(batch);
    this.step += 1;
    this.clock.end();
  }

  private async report(): Promise<TrainEvent> {
    this.clock.begin();
    await readWithMeters([this.meter], []);
    const stepMs = this.clock.lap();
    return {
      type: 'train',
      role: this.role,
      step: this.step,
      trainLoss: this.meter.takeMean(),
      learningRate: this.rateOf(this.step - 1),
      stepMs,
    };
  }

  /** Frees the moments; the trained weights stay with the caller. */
  finish(): { layers: LoraLayer[]; weights: TensorRecord } {
    disposeRecord(this.adam.mean);
    disposeRecord(this.adam.square);
    this.meter.dispose();
    return { layers: this.layers, weights: this.weights };
  }

  dispose(): void {
    disposeRecord(this.finish().weights);
  }
}

/** AutoLoRA's retraining scales by `retrain.scaling`; the baseline always by lora_alpha / rank. */
export function trainingLayers(
  setting: ExperimentSetting,
  role: Role,
  ranks: readonly LayerRank[],
): LoraLayer[] {
  const byName = new Map(ranks.map(({ layer, rank }) => [layer, rank]));
  const { retrain, adapter } = setting.config;
  const constant = role === 'autolora' && retrain.scaling === 'constant';
  return layersAtRank(setting, (name) => byName.get(name) ?? 0, constant ? adapter.rank : undefined);
}
