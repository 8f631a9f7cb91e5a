/** Colours of the heatmaps: diverging orange–grey–blue around the threshold, cividis for absolute values, rank blues. */

export type ColorScheme = 'light' | 'dark';
type Rgb = readonly [number, number, number];

const parse = (hex: string): Rgb => [
  Number.parseInt(hex.slice(1, 3), 16),
  Number.parseInt(hex.slice(3, 5), 16),
  Number.parseInt(hex.slice(5, 7), 16),
];

/** A colour at t in [0, 1] between evenly spaced stops; t outside is clamped. */
export function mix(stops: readonly Rgb[], t: number): string {
  const place = Math.min(1, Math.max(0, t)) * (stops.length - 1);
  const index = Math.min(stops.length - 2, Math.floor(place));
  const from = stops[index] as Rgb;
  const to = stops[index + 1] as Rgb;
  const share = place - index;
  const channel = (c: 0 | 1 | 2) => Math.round(from[c] + (to[c] - from[c]) * share);
  return `rgb(${channel(0)},${channel(1)},${channel(2)})`;
}

const diverging: Record<ColorScheme, Rgb[]> = {
  light: ['#a84300', '#e07b28', '#f2bd8a', '#d8dade', '#93bfe6', '#3c86c6', '#0b4a8f'].map(parse),
  dark: ['#f08a3a', '#c46d2a', '#815536', '#3d444e', '#35648f', '#3f8fd6', '#8ecbff'].map(parse),
};
/** Cividis (Nuñez, Anderton and Renslow 2018), made to look alike with and without red-green deficiency. */
const cividis: Rgb[] = [
  '#00224e',
  '#123570',
  '#3b496c',
  '#575d6d',
  '#707173',
  '#8a8678',
  '#a59c74',
  '#c3b369',
  '#e1cc55',
  '#fee838',
].map(parse);
const ranks: Record<ColorScheme, Rgb[]> = {
  light: ['#f0f1f0', '#c6dcef', '#7fb2de', '#3c7fc0', '#123f7a'].map(parse),
  dark: ['#1f252d', '#22415f', '#2c6599', '#4a97da', '#a5d6ff'].map(parse),
};

/** How far the diverging scale reaches, in doublings to each side of the threshold. */
export const reach = 3;
/** The same of the fine scale, for the beginning of a search, when all weights still stand near the threshold. */
export const fineReach = 0.5;

/** Colour of log2(a / λ): orange below, grey at, blue above the threshold; clipped to ± `span` doublings. */
export function divergingColor(log2Ratio: number, scheme: ColorScheme, span = reach): string {
  return mix(diverging[scheme], (log2Ratio + span) / (2 * span));
}

/** Colour of a itself on [0, 1]. */
export function absoluteColor(selection: number): string {
  return mix(cividis, selection);
}

/** Colour of a rank on [0, k]. */
export function rankColor(rank: number, k: number, scheme: ColorScheme): string {
  return mix(ranks[scheme], k > 0 ? rank / k : 0);
}
