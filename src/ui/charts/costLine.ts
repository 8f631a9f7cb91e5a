/** The small lines of what training costs over the run: a path, and what its height stands for. */
import { minMaxIndices } from '../../telemetry/series';
import { enclosingTicks } from './ticks';

/** In the line's own units. */
export const costBox = { width: 300, height: 30 };

export interface CostLine {
  /** Of a polyline in `costBox`; empty where nothing is known. */
  points: string;
  /** The value at the upper edge; the lower one is 0. */
  top: number;
  /** Values beyond the upper edge, which stand on it. */
  cut: number;
}

/**
 * A line of `values` over `x`; values that are no number are left out. The first one, which has compilation in it, and the
 * largest fiftieth do not flatten the rest.
 */
export function costLine(x: ArrayLike<number>, values: Float32Array): CostLine {
  const kept = minMaxIndices([values], values.length, 300).filter((i) => Number.isFinite(values[i]));
  const known = kept.map((i) => values[i] as number);
  const sorted = known.slice(known.length > 1 ? 1 : 0).sort((a, b) => a - b);
  const most = sorted[Math.floor(sorted.length * 0.98)] ?? 0;
  const top = enclosingTicks(0, most).at(-1) as number;
  const first = x[0] ?? 0;
  const span = Math.max(1, (x[values.length - 1] ?? 1) - first);
  const points = kept.map((i) => {
    const across = (((x[i] as number) - first) / span) * costBox.width;
    const down = costBox.height - Math.min(1, (values[i] as number) / top) * costBox.height;
    return `${across.toFixed(1)},${down.toFixed(1)}`;
  });
  return { points: points.join(' '), top, cut: known.filter((value) => value > top).length };
}
