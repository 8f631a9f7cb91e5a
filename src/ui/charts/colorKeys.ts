/** What the colours of the heatmaps mean, as data: the page's legends and the files of figures draw the same. */
import { compact } from '../numbers';
import { absoluteColor, type ColorScheme, divergingColor, fineReach, rankColor, reach } from './colorScales';
import type { SelectionScale } from './selectionCells';

/** A scale of colours from left to right. */
export interface ColorRamp {
  colors: string[];
  /** Places along the ramp, from 0 to 1. */
  ticks: { at: number; text: string }[];
  /** Where an upright line stands on it. */
  mark?: number;
}

/** One colour and what it stands for. */
export interface Swatch {
  label: string;
  /** A CSS colour. */
  fill: string;
  outlined?: boolean;
  hatched?: boolean;
}

const rampSteps = 48;

const relativeTicks = {
  relative: [
    { at: 0, text: '⅛ λ' },
    { at: 1 / 6, text: '¼' },
    { at: 1 / 3, text: '½' },
    { at: 1 / 2, text: 'λ' },
    { at: 2 / 3, text: '2' },
    { at: 5 / 6, text: '4' },
    { at: 1, text: '8 λ' },
  ],
  fine: [
    { at: 0, text: '0.71 λ' },
    { at: 1 / 4, text: '0.84' },
    { at: 1 / 2, text: 'λ' },
    { at: 3 / 4, text: '1.19' },
    { at: 1, text: '1.41 λ' },
  ],
};

/** @param threshold λ where it is one number for all layers */
export function selectionRamp(
  scale: SelectionScale,
  scheme: ColorScheme,
  threshold: number | undefined,
): ColorRamp {
  const places = Array.from({ length: rampSteps }, (_, i) => (i + 0.5) / rampSteps);
  if (scale === 'absolute')
    return {
      colors: places.map(absoluteColor),
      ticks: [
        { at: 0, text: '0' },
        ...(threshold === undefined || threshold > 0.45
          ? []
          : [{ at: threshold, text: `λ = ${compact(threshold)}` }]),
        { at: 0.5, text: '0.5' },
        { at: 1, text: '1' },
      ],
      mark: threshold !== undefined && threshold <= 1 ? threshold : undefined,
    };
  const span = scale === 'fine' ? fineReach : reach;
  return {
    colors: places.map((at) => divergingColor(-span + 2 * span * at, scheme, span)),
    ticks: relativeTicks[scale],
    mark: 0.5,
  };
}

/** On the absolute scale the fill says nothing of kept and pruned: outline and hatch do. */
export function selectionSwatches(scale: SelectionScale, scheme: ColorScheme): Swatch[] {
  const fill = (doublings: number) =>
    scale === 'absolute' ? 'var(--line-strong)' : divergingColor(doublings, scheme);
  return [
    { label: 'kept', fill: fill(1.5), outlined: true },
    { label: 'pruned', fill: fill(-1.5), hatched: true },
  ];
}

/** What the heatmap's file says of its moment and scale: `step 240, colour: a in multiples of λ = 1/k = 0.125`. */
export function selectionDetail(
  step: number | undefined,
  scale: SelectionScale,
  threshold: number | undefined,
  thresholdName: string,
): string {
  const lambda = `λ${threshold === undefined ? '' : ` = ${thresholdName} = ${compact(threshold)}`}`;
  const colour =
    scale === 'absolute'
      ? `colour: a from 0 to 1${threshold === undefined ? '' : `, ${lambda}`}`
      : `colour: a in multiples of ${lambda}`;
  return `step ${step ?? 0}, ${colour}`;
}

/** Ranks 1, about k/2 and k. */
export function rankSwatches(k: number, scheme: ColorScheme): Swatch[] {
  return [...new Set([1, Math.ceil(k / 2), k])].map((rank) => ({
    label: String(rank),
    fill: rankColor(rank, k, scheme),
  }));
}
