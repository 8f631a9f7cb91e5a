/** Figure 2 of the paper: the score of every method on every task as bars, with the spread over seeds. */
import { mean } from '../metrics/mean';
import { numberText } from './numberText';
import { sampleDeviation } from './statistics';
import { element, escapeXml, seriesFills, svgFigure, textAt } from './svg';
import type { Column, Table } from './table';

const left = 48;
const top = 44;
const plotHeight = 220;
const bar = 26;
const gap = 30;
/** Of a letter, more or less. */
const characterWidth = 7;

/** A whole step of 1, 2 or 5 times a power of ten that gives about five ticks. */
function tickStep(span: number): number {
  const power = 10 ** Math.floor(Math.log10(span / 5));
  const times = [1, 2, 5, 10].find((factor) => factor * power >= span / 5) ?? 10;
  return times * power;
}

/** Without the crumbs of a sum: 0.3, not 0.30000000000000004. */
const tickText = (tick: number) => String(Number(tick.toPrecision(6))).replace('-', '−');

/**
 * The columns of a score table that have a better end, a bar per row. The axis does not begin at 0 where that would hide
 * every difference; it says where it begins.
 * @throws Error where there is nothing to draw
 */
export function barFigure(table: Table): string {
  const columns = table.columns.filter(({ better }) => better);
  const valuesOf = (column: Column, row: Table['rows'][number]) =>
    (row.cells[column.key] ?? []).map(({ value }) => (column.factor ?? 1) * value).filter(Number.isFinite);
  const bars = columns.flatMap((column, group) =>
    table.rows.flatMap((row, series) => {
      const values = valuesOf(column, row);
      if (values.length === 0) return [];
      const spread = sampleDeviation(values);
      return { column, row, group, series, centre: mean(values), spread, seeds: values.length };
    }),
  );
  if (bars.length === 0) throw new Error('There are no scores to draw.');
  const lowest = Math.min(...bars.map(({ centre, spread = 0 }) => centre - spread));
  // No share is above 100 %, however wide its spread.
  const ceiling = columns.every(({ factor }) => factor === 100) ? 100 : Number.POSITIVE_INFINITY;
  const topOf = (centre: number, spread = 0) => Math.min(centre + spread, ceiling);
  const highest = Math.max(...bars.map(({ centre, spread }) => topOf(centre, spread)));
  // Room below the lowest bar, so that it is seen to be one.
  const margin = Math.max(highest - lowest, 1) * 0.4;
  const step = tickStep(highest - lowest + 2 * margin);
  const from = Math.floor((lowest - margin) / step) * step;
  const to = Math.ceil(highest / step) * step;
  const y = (value: number) => top + plotHeight * (1 - (value - from) / (to - from));
  const barsWidth = table.rows.length * bar;
  const names = columns.map(({ group, label }) => (group ? `${group} ${label}` : label));
  const groupWidth = Math.max(
    barsWidth + gap,
    ...names.map((name) => characterWidth * name.length + gap / 2),
  );
  const width = left + columns.length * groupWidth + 12;
  const ticks = Array.from({ length: Math.round((to - from) / step) + 1 }, (_, i) => from + i * step);
  const axis = ticks.flatMap((tick) => [
    element('line', {
      x1: left,
      x2: width - 12,
      y1: y(tick),
      y2: y(tick),
      stroke: 'currentColor',
      'stroke-opacity': 0.2,
    }),
    textAt(left - 6, y(tick) + 4, tickText(tick), { 'text-anchor': 'end' }),
  ]);
  const fills = seriesFills(table.name, table.rows.length);
  const spokenBar = ({ column, row, centre, spread, seeds }: (typeof bars)[number]) =>
    `${row.label} on ${column.label}: ${numberText(centre, column.digits)}` +
    `${spread === undefined ? '' : ` ± ${spread.toFixed(column.digits)}`} (${seeds} ${seeds === 1 ? 'seed' : 'seeds'})`;
  const drawn = bars.map((one) => {
    const { group, series, centre, spread } = one;
    const x = left + (groupWidth - barsWidth) / 2 + group * groupWidth + series * bar;
    const whisker = { stroke: 'currentColor', 'stroke-width': 1.5 };
    return element(
      'g',
      {},
      element('title', {}, escapeXml(spokenBar(one))),
      element('rect', {
        x: x + 2,
        y: y(centre).toFixed(2),
        width: bar - 4,
        height: (y(from) - y(centre)).toFixed(2),
        fill: fills.of(series),
      }),
      ...(spread === undefined
        ? []
        : [
            element('path', {
              d: `M${x + bar / 2} ${y(centre - spread).toFixed(2)}V${y(topOf(centre, spread)).toFixed(2)}`,
              ...whisker,
            }),
          ]),
    );
  });
  const headings = names.map((name, group) =>
    textAt(left + group * groupWidth + groupWidth / 2, top + plotHeight + 20, name, {
      'text-anchor': 'middle',
    }),
  );
  let at = left;
  const legend = table.rows.flatMap(({ label }, series) => {
    const x = at;
    at += 28 + characterWidth * label.length;
    return [
      element('rect', {
        x,
        y: 12,
        width: 12,
        height: 12,
        fill: fills.of(series),
      }),
      textAt(x + 17, 22, label),
    ];
  });
  return svgFigure(
    {
      name: table.name,
      title: table.caption,
      description: `${bars.map(spokenBar).join('. ')}. The axis begins at ${tickText(from)}.`,
      width: Math.max(width, at),
      height: top + plotHeight + 36,
    },
    [...fills.patterns, ...legend, ...axis, ...drawn, ...headings],
  );
}
