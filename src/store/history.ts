/** The numbers a run has reported, outside React: series for the charts, frames for the heatmap. */
import type { ExperimentConfig } from '../config/experiment';
import type { Progress } from '../runtime/protocol';
import type { LayerRank, TelemetryEvent } from '../telemetry/events';
import { totalRank } from '../telemetry/ranks';
import { BoundedSeries, type StoredSeries } from '../telemetry/series';
import { SelectionFrames, type StoredFrames } from './selectionFrames';

const seriesWidths = {
  /** x: search step; train loss, validation loss. */
  search: 2,
  /** x: search step; norm of the direct and of the implicit term. */
  norms: 2,
  /**
   * x: search step; cosine to the exact hypergradient, whole and implicit; implicit share, of the estimate and exact; ratio of
   * the norm to the exact one, whole and implicit (earlier versions stored no ratios).
   */
  inspection: 6,
  /** x: retraining step; train loss of AutoLoRA at its learned ranks. */
  autolora: 1,
  /** x: training step; train loss of plain LoRA, or of whatever method is trained without AutoLoRA. */
  lora: 1,
  /** x: training step; total rank after the last pruning, of a method that prunes while it trains. */
  ranks: 1,
  /** x: steps of all phases; milliseconds per step, megabytes of tensors. */
  cost: 2,
} as const;
export type SeriesName = keyof typeof seriesWidths;
const seriesNames = Object.keys(seriesWidths) as SeriesName[];

/** A history as it is stored: structured-clonable. */
export interface StoredHistory {
  series: Record<SeriesName, StoredSeries>;
  frames: StoredFrames;
  stepsBefore: number;
  /** Of a method that prunes while it trains. */
  layerRanks?: readonly LayerRank[];
}

/** Grows with telemetry; `version` rises with every change, so that a chart knows when to look again. */
export class RunHistory {
  version = 0;
  readonly frames = new SelectionFrames();
  readonly series: Readonly<Record<SeriesName, BoundedSeries>> = Object.fromEntries(
    seriesNames.map((name) => [name, new BoundedSeries(seriesWidths[name])]),
  ) as Record<SeriesName, BoundedSeries>;
  /** Rank of every layer as the last training step told them. */
  layerRanks: readonly LayerRank[] = [];
  /** Steps of the phases before the present one. */
  private stepsBefore = 0;
  private megabytes = Number.NaN;

  push(event: TelemetryEvent, config: ExperimentConfig): void {
    const { search, norms, cost } = this.series;
    switch (event.type) {
      case 'search':
        search.push(event.step, event.trainLoss, event.validationLoss ?? Number.NaN);
        if (event.directNorm !== undefined)
          norms.push(event.step, event.directNorm, event.implicitNorm ?? Number.NaN);
        cost.push(this.stepsBefore + event.step, event.stepMs, this.megabytes);
        this.frames.push(event.step, event.layers, {
          variant: config.adapter.selection,
          rankRule: config.adapter.rankRule,
        });
        break;
      case 'inspection': {
        const { step, total, implicit, share, exactShare } = event;
        const said = (value: number | undefined) => value ?? Number.NaN;
        this.series.inspection.push(
          step,
          ...[total.cosine, implicit.cosine, share, exactShare, total.ratio, implicit.ratio].map(said),
        );
        break;
      }
      case 'train':
        this.series[event.role === 'autolora' ? 'autolora' : 'lora'].push(event.step, event.trainLoss);
        cost.push(this.stepsBefore + event.step, event.stepMs, this.megabytes);
        if (event.ranks) {
          this.series.ranks.push(event.step, totalRank(event.ranks));
          this.layerRanks = event.ranks;
        }
        break;
      case 'phase':
        if (event.status === 'begin' && event.phase === 'retrain') this.stepsBefore = cost.lastX ?? 0;
        break;
      default:
        return;
    }
    this.version += 1;
  }

  /** Remembers how much the engine holds now, for the next reported step. */
  observe({ bytes }: Progress): void {
    this.megabytes = bytes / 1e6;
  }

  clear(): void {
    for (const name of seriesNames) this.series[name].clear();
    this.frames.clear();
    this.layerRanks = [];
    this.stepsBefore = 0;
    this.version += 1;
  }

  stored(): StoredHistory {
    return {
      series: Object.fromEntries(seriesNames.map((name) => [name, this.series[name].stored()])) as Record<
        SeriesName,
        StoredSeries
      >,
      frames: this.frames.stored(),
      stepsBefore: this.stepsBefore,
      ...(this.layerRanks.length > 0 && { layerRanks: this.layerRanks }),
    };
  }

  restore(stored: StoredHistory): void {
    // A history that an earlier version stored lacks the series that came since.
    for (const name of seriesNames) {
      if (stored.series[name]) this.series[name].restore(stored.series[name]);
      else this.series[name].clear();
    }
    this.frames.restore(stored.frames);
    this.layerRanks = stored.layerRanks ?? [];
    this.stepsBefore = stored.stepsBefore;
    this.version += 1;
  }
}
