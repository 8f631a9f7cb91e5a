/** Figure 2 of the paper: the score of every method on every task as bars, with the spread over seeds. */
import { mean } from '../metrics/mean';
import { spreadText } from './numberText';
import { sampleDeviation } from './statistics';
import { element, escapeXml, seriesFills, svgFigure, textAt } from './svg';
import type { Column, Row, Table } from './table';

const left = 48;
/** Below what is said of all bars and the legend. */
const top = 70;
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

/** A bar, its numbers as they are shown. */
interface Bar {
  column: Column;
  row: Row;
  /** Places of its column and row. */
  group: number;
  series: number;
  centre: number;
  /** Standard deviation; undefined of one seed. */
  spread: number | undefined;
  /** `80.0 ± 1.2`. */
  text: string;
  seeds: number;
}

function barsOf(columns: readonly Column[], rows: readonly Row[]): Bar[] {
  return columns.flatMap((column, group) =>
    rows.flatMap((row, series) => {
      const values = (row.cells[column.key] ?? []).map(({ value }) => value).filter(Number.isFinite);
      if (values.length === 0) return [];
      const { factor = 1, digits } = column;
      const deviation = sampleDeviation(values);
      return {
        column,
        row,
        group,
        series,
        centre: factor * mean(values),
        spread: deviation === undefined ? undefined : factor * deviation,
        text: spreadText(values, digits, factor),
        seeds: values.length,
      };
    }),
  );
}

const legendEntryWidth = (label: string) => 28 + characterWidth * label.length;

const isShare = ({ factor }: Column) => factor === 100;

/** What stands below a group of bars: its task, and what was measured. */
const headingOf = ({ group, label, metric = '' }: Column): [string, string] =>
  group ? [group, label] : [label, metric];

/**
 * What holds of all bars: unit, what the whiskers are, over how many seeds, where the axis begins.
 * @param most seeds of the bar that has the most
 */
function saidOfAll(bars: readonly Bar[], most: number, areShares: boolean, from: number): string {
  const over = most > 1 ? `mean ± standard deviation over ${most} seeds` : 'one seed';
  const fewer = bars.some(({ seeds }) => seeds < most) ? ' (fewer: in brackets)' : '';
  const axis = from === 0 ? '' : `; axis from ${tickText(from)}`;
  return `Score${areShares ? ' in percent' : ''}, ${over}${fewer}${axis}`;
}

/**
 * The columns of a score table that have a better end, a bar per row. The axis does not begin at 0 where that would hide
 * every difference; it says where it begins.
 * @throws Error where there is nothing to draw
 */
export function barFigure(table: Table): string {
  const columns = table.columns.filter(({ better }) => better);
  const bars = barsOf(columns, table.rows);
  if (bars.length === 0) throw new Error('There are no scores to draw.');
  const lowest = Math.min(...bars.map(({ centre, spread = 0 }) => centre - spread));
  const areShares = columns.every(isShare);
  // No share is above 100 %, however wide its spread.
  const ceiling = areShares ? 100 : Number.POSITIVE_INFINITY;
  const topOf = ({ centre, spread = 0 }: Bar) => Math.min(centre + spread, ceiling);
  const highest = Math.max(...bars.map(topOf));
  // Room below the lowest bar, so that it is seen to be one.
  const margin = Math.max(highest - lowest, 1) * 0.4;
  const step = tickStep(highest - lowest + 2 * margin);
  const from = Math.floor((lowest - margin) / step) * step;
  const to = Math.ceil(highest / step) * step;
  const y = (value: number) => top + plotHeight * (1 - (value - from) / (to - from));
  const most = Math.max(...bars.map(({ seeds }) => seeds));
  const said = saidOfAll(bars, most, areShares, from);
  const barsWidth = table.rows.length * bar;
  const headings = columns.map((column): [string, string] => {
    const [task, metric] = headingOf(column);
    const unit = isShare(column) && !areShares ? '%' : '';
    return [task, [metric, unit].filter(Boolean).join(', ')];
  });
  const legendWidth = table.rows.reduce((sum, { label }) => sum + legendEntryWidth(label), 0);
  const groupWidth = Math.max(
    barsWidth + gap,
    ...headings.flat().map((text) => characterWidth * text.length + gap / 2),
    // What stands above takes no more room than the plot.
    Math.ceil(Math.max(characterWidth * said.length, legendWidth) / columns.length),
  );
  const plotEnd = left + columns.length * groupWidth;
  const ticks = Array.from({ length: Math.round((to - from) / step) + 1 }, (_, i) => from + i * step);
  const axis = ticks.flatMap((tick) => [
    element('line', {
      x1: left,
      x2: plotEnd,
      y1: y(tick),
      y2: y(tick),
      stroke: 'currentColor',
      'stroke-opacity': 0.2,
    }),
    textAt(left - 6, y(tick) + 4, tickText(tick), { 'text-anchor': 'end' }),
  ]);
  const fills = seriesFills(table.name, table.rows.length);
  const spokenBar = ({ column, row, text, seeds }: Bar) =>
    `${row.label} on ${column.label}: ${text} (${seeds} ${seeds === 1 ? 'seed' : 'seeds'})`;
  const drawn = bars.map((one) => {
    const { group, series, centre, spread, seeds } = one;
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
              d: `M${x + bar / 2} ${y(centre - spread).toFixed(2)}V${y(topOf(one)).toFixed(2)}`,
              ...whisker,
            }),
          ]),
      ...(seeds < most
        ? [
            textAt(x + bar / 2, Math.round(y(topOf(one))) - 4, `(${seeds})`, {
              'text-anchor': 'middle',
              'font-size': 10,
            }),
          ]
        : []),
    );
  });
  const below = headings.flatMap(([task, metric], group) => {
    const middle = left + group * groupWidth + groupWidth / 2;
    const centred = { 'text-anchor': 'middle' };
    return [
      textAt(middle, top + plotHeight + 20, task, centred),
      ...(metric ? [textAt(middle, top + plotHeight + 36, metric, { ...centred, opacity: 0.75 })] : []),
    ];
  });
  let at = left;
  const legend = table.rows.flatMap(({ label }, series) => {
    const x = at;
    at += legendEntryWidth(label);
    return [
      element('rect', {
        x,
        y: 32,
        width: 12,
        height: 12,
        fill: fills.of(series),
      }),
      textAt(x + 17, 42, label),
    ];
  });
  return svgFigure(
    {
      name: table.name,
      title: table.caption,
      description: `${bars.map(spokenBar).join('. ')}. The axis begins at ${tickText(from)}.`,
      width: plotEnd + 12,
      height: top + plotHeight + 52,
    },
    [...fills.patterns, textAt(left, 16, said), ...legend, ...axis, ...drawn, ...below],
  );
}
