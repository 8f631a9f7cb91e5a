/** Geometry and order of the selection heatmap: which component stands where, and how large a cell is. */
import { relativeSelection } from '../../store/threshold';
import { absoluteColor, type ColorScheme, divergingColor, fineReach } from './colorScales';

export type SelectionScale = 'relative' | 'fine' | 'absolute';

export interface GridGeometry {
  width: number;
  height: number;
  labelWidth: number;
  rankWidth: number;
  cellWidth: number;
  cellHeight: number;
  /** Top of each row. */
  tops: number[];
}

const labelWidth = 62;
const rankWidth = 66;
const blockGap = 7;

/** Rows share the height that a screen has; layers of one block stand close together. */
export function gridGeometry(layers: readonly string[], components: number, width: number): GridGeometry {
  const rows = Math.max(1, layers.length);
  const cellHeight = Math.min(44, Math.max(13, Math.floor(430 / rows)));
  // Many components on a phone: narrow cells rather than ranks beyond the edge.
  const cellWidth = Math.min(72, Math.max(1, (width - labelWidth - rankWidth) / Math.max(1, components)));
  const tops: number[] = [];
  let top = 0;
  layers.forEach((layer, row) => {
    if (row > 0 && blockOf(layer) !== blockOf(layers[row - 1] as string)) top += blockGap;
    tops.push(top);
    top += cellHeight;
  });
  return { width, height: top, labelWidth, rankWidth, cellWidth, cellHeight, tops };
}

/** `3.query` → `3`. */
export function blockOf(layer: string): string {
  return layer.slice(0, layer.lastIndexOf('.'));
}

/** Component at each column: as numbered, or by falling a (components are exchangeable). */
export function columnOrder(selection: ArrayLike<number>, sorted: boolean): number[] {
  const order = Array.from({ length: selection.length }, (_, j) => j);
  if (sorted) order.sort((i, j) => (selection[j] as number) - (selection[i] as number));
  return order;
}

export function cellColor(
  selection: number,
  threshold: number,
  scale: SelectionScale,
  scheme: ColorScheme,
): string {
  return scale === 'absolute'
    ? absoluteColor(selection)
    : divergingColor(
        relativeSelection(selection, threshold),
        scheme,
        scale === 'fine' ? fineReach : undefined,
      );
}
