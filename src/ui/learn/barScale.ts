/** The upright scale of the pictures, and what cannot be seen on it. */
import { enclosingTicks } from '../charts/ticks';
import { compact } from '../numbers';

/** Of every picture, in its own units. */
export const box = { width: 560, height: 250, left: 70, bottom: 44, top: 28 };

/** Height of the part that values stand in. */
export const innerHeight = box.height - box.bottom - box.top;

export interface UprightScale {
  /** Round values; the lowest stands at the bottom, the highest at the top. */
  ticks: number[];
  /** Place of a value in the picture. */
  y(value: number): number;
}

/** A scale that holds 0 and all of the values. */
export function uprightScale(values: readonly number[]): UprightScale {
  const ticks = enclosingTicks(Math.min(0, ...values), Math.max(0, ...values));
  const [low, high] = [ticks[0] as number, ticks.at(-1) as number];
  return { ticks, y: (value) => box.top + ((high - value) / (high - low)) * innerHeight };
}

/** A bar that is lower than this, in the picture's units, cannot be seen. */
const leastSeen = 2;

/** What is said of values that the scale shows as nothing at all; undefined where at least one can be seen. */
export function unseenNote(values: readonly number[], { y }: UprightScale): string | undefined {
  const largest = Math.max(0, ...values.map(Math.abs));
  if (largest === 0) return 'all 0';
  return y(0) - y(largest) < leastSeen ? `too small to see: at most ${compact(largest)}` : undefined;
}

/** Width of a number below the bars, with room around it. */
const numberWidth = 24;

/** Every how many bars a number stands below, so that they do not run into each other. @param slot width of a bar's place */
export function numberStride(slot: number): number {
  const least = numberWidth / slot;
  return [1, 2, 4, 8].find((stride) => stride >= least) ?? 16 * Math.ceil(least / 16);
}
