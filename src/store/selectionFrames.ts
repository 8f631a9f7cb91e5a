/** What the heatmap replays: every reported state of the selection variables, in typed arrays, bounded. */
import { ranksOf } from '../adapters/rankRule';
import type { RankRule, SelectionVariant } from '../config/experiment';
import type { LayerName, LayerSelection } from '../telemetry/events';
import { isKept, layerThreshold } from './threshold';

/** What is known of each component, in the order of a frame's planes. */
export const quantities = ['selection', 'beta', 'direct', 'implicit', 'magnitude'] as const;
export type Quantity = (typeof quantities)[number];

/** One reported step. */
export interface SelectionFrame {
  step: number;
  /** (quantity, layer, component), row-major. */
  values: Float32Array;
  /** λ of each layer. */
  thresholds: Float32Array;
  /** Components of each layer that the rank rule would keep now. */
  ranks: Uint16Array;
  /** (layer, component), 1 where it would; absent in runs that an earlier version stored. */
  keep?: Uint8Array;
}

/** Components of all layers together that the threshold would keep. */
export const keptTotal = ({ ranks }: Pick<SelectionFrame, 'ranks'>): number =>
  ranks.reduce((sum, rank) => sum + rank, 0);

/** Frames as they are stored: structured-clonable. */
export interface StoredFrames {
  layers: LayerName[];
  components: number;
  frames: SelectionFrame[];
}

/** Numbers that all frames together may hold (32 MB). */
const valueBudget = 8_000_000;

/** The frames of one run; when full, every second one is dropped, the first and the newest never. */
export class SelectionFrames {
  layers: LayerName[] = [];
  components = 0;
  frames: SelectionFrame[] = [];

  /** How many frames fit for this grid. */
  get capacity(): number {
    const size = Math.max(1, this.layers.length * this.components * quantities.length);
    return Math.max(16, Math.min(4000, Math.floor(valueBudget / size)));
  }

  get latest(): SelectionFrame | undefined {
    return this.frames.at(-1);
  }

  /** Place of the newest frame that is not after a step; 0 before the first. */
  indexAt(step: number): number {
    return Math.max(
      0,
      this.frames.findLastIndex((frame) => frame.step <= step),
    );
  }

  push(
    step: number,
    layers: readonly LayerSelection[],
    rule: { variant: SelectionVariant; rankRule: RankRule },
  ): void {
    const names = layers.map(({ layer }) => layer);
    const components = layers[0]?.selection.length ?? 0;
    if (components === 0) return;
    if (names.join() !== this.layers.join() || components !== this.components) {
      this.clear();
      this.layers = names;
      this.components = components;
    }
    if (this.frames.length >= this.capacity) {
      this.frames = this.frames.filter((_, i) => i % 2 === 0 || i === this.frames.length - 1);
    }
    const values = new Float32Array(quantities.length * names.length * components);
    const thresholds = new Float32Array(names.length);
    const ranks = new Uint16Array(names.length);
    const keep = new Uint8Array(names.length * components);
    const kept = ranksOf(
      layers.map(({ beta }) => beta.slice(0, components)),
      rule.variant,
      rule.rankRule,
      components,
    );
    layers.forEach((layer, row) => {
      quantities.forEach((quantity, plane) => {
        values.set(layer[quantity].slice(0, components), (plane * names.length + row) * components);
      });
      thresholds[row] = layerThreshold(layer.selection, layer.beta, rule.variant, rule.rankRule);
      ranks[row] = kept[row]?.rank ?? 0;
      keep.set(kept[row]?.keep.map(Number) ?? [], row * components);
    });
    this.frames.push({ step, values, thresholds, ranks, keep });
  }

  /** One number of a frame. */
  value(frame: SelectionFrame, quantity: Quantity, layer: number, component: number): number {
    const plane = quantities.indexOf(quantity);
    return frame.values[(plane * this.layers.length + layer) * this.components + component] as number;
  }

  /**
   * Whether the rank rule would keep a component, or a threshold that is tried instead.
   * @param tried λ of the layer, moved by hand
   */
  isKept(frame: SelectionFrame, layer: number, component: number, tried?: number): boolean {
    if (tried === undefined && frame.keep) return frame.keep[layer * this.components + component] === 1;
    return isKept(this.value(frame, 'selection', layer, component), tried ?? frame.thresholds[layer] ?? 0);
  }

  /** All k numbers of a layer. */
  row(frame: SelectionFrame, quantity: Quantity, layer: number): Float32Array {
    const start = (quantities.indexOf(quantity) * this.layers.length + layer) * this.components;
    return frame.values.subarray(start, start + this.components);
  }

  clear(): void {
    this.layers = [];
    this.components = 0;
    this.frames = [];
  }

  stored(): StoredFrames {
    return { layers: [...this.layers], components: this.components, frames: [...this.frames] };
  }

  restore(stored: StoredFrames): void {
    this.layers = stored.layers;
    this.components = stored.components;
    this.frames = [...stored.frames];
  }
}
