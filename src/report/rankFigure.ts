/** Figure 3 of the paper: a column per transformer block, a row per task and projection, a cell is the learned rank. */
import { mean } from '../metrics/mean';
import { spreadText } from './numberText';
import type { TaskRanks } from './records';
import { cellFill, element, escapeXml, svgFigure, textAt } from './svg';

const cell = 34;
/** Of the rows' names at least. */
const nameWidth = 130;
const top = 46;
/** Width of a sign of the heading, in the widest of the usual system fonts. */
const headingSign = 7.4;

const projections = ['query', 'value'] as const;

/** Means of several seeds have one digit, a single rank is whole. */
const digitsOf = (ranks: readonly number[]) => (ranks.length > 1 ? 1 : 0);
const rankText = (ranks: readonly number[]) => mean(ranks).toFixed(digitsOf(ranks));

/** Blocks of the deepest model. */
const blocksOf = (tasks: readonly TaskRanks[]) =>
  1 + Math.max(...tasks.flatMap(({ layers }) => layers.map(({ layer }) => Number.parseInt(layer, 10))));

/** @throws Error where there is nothing to draw */
export function rankFigure(name: string, title: string, tasks: readonly TaskRanks[]): string {
  if (tasks.length === 0) throw new Error('There are no learned ranks to draw.');
  const blocks = blocksOf(tasks);
  const largest = Math.max(...tasks.map((task) => task.largest));
  const rows = tasks.flatMap((task) => projections.map((projection) => ({ task, projection })));
  const longest = Math.max(...rows.map(({ task, projection }) => task.title.length + projection.length + 1));
  const left = Math.max(nameWidth, Math.ceil(6.6 * longest) + 14);
  const several = tasks.some(({ seeds }) => seeds.length > 1);
  const cells = rows.flatMap(({ task, projection }, row) =>
    task.layers
      .filter(({ layer }) => layer.endsWith(`.${projection}`))
      .map(({ layer, ranks }) => {
        const x = left + Number.parseInt(layer, 10) * cell;
        const y = top + row * cell;
        const spoken = `${task.title}, ${layer}: rank ${spreadText(ranks, digitsOf(ranks))}`;
        return element(
          'g',
          {},
          element('title', {}, escapeXml(spoken)),
          element('rect', {
            x: x + 1,
            y: y + 1,
            width: cell - 2,
            height: cell - 2,
            rx: 3,
            class: 'rank-cell',
            fill: cellFill,
            'fill-opacity': (0.08 + (0.92 * mean(ranks)) / largest).toFixed(3),
            stroke: 'currentColor',
            'stroke-opacity': 0.25,
          }),
          textAt(x + cell / 2, y + cell / 2 + 4, rankText(ranks), { 'text-anchor': 'middle' }),
        );
      }),
  );
  const columns = Array.from({ length: blocks }, (_, block) =>
    textAt(left + (block + 0.5) * cell, top - 8, String(block), { 'text-anchor': 'middle' }),
  );
  const names = rows.map(({ task, projection }, row) =>
    textAt(left - 10, top + (row + 0.5) * cell + 4, `${task.title} ${projection}`, { 'text-anchor': 'end' }),
  );
  const spokenRows = rows.map(({ task, projection }) => {
    const ranks = task.layers.filter(({ layer }) => layer.endsWith(`.${projection}`));
    return `${task.title} ${projection}: ${ranks.map((layer) => rankText(layer.ranks)).join(', ')}`;
  });
  const seeds = [...new Set(tasks.map((task) => task.seeds.length))].join(' or ');
  const heading = `Rank by transformer block${several ? `, mean over ${seeds} seeds` : ''}`;
  return svgFigure(
    {
      name,
      title,
      description:
        `Rank of every query and value layer, block 0 first${several ? `, mean over ${seeds} seeds` : ''}; ` +
        `the shade goes from 0 to ${largest}. ${spokenRows.join('. ')}.`,
      // Of a shallow model the heading is wider than names and columns.
      width: Math.max(left + blocks * cell, Math.ceil(headingSign * heading.length)) + 12,
      height: top + rows.length * cell + 12,
    },
    [textAt(0, 16, heading), ...columns, ...names, ...cells],
  );
}
