/** How lines of one kind are told apart. */
import type { FigureLine } from './LineFigure';

export type Stroke = Pick<FigureLine, 'color' | 'dash'>;

/** Told apart by dash as well as by colour, safe for red-green deficiency (Okabe & Ito 2008). */
export const strokes: readonly Stroke[] = [
  { color: 'var(--train)' },
  { color: 'var(--validation)', dash: '6 3' },
  { color: 'var(--retrain)', dash: '2 3' },
  { color: 'var(--baseline)', dash: '8 3 2 3' },
  { color: 'var(--ink)', dash: '1 3' },
  { color: 'var(--ink-soft)', dash: '10 4' },
];
