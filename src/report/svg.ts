/** What every figure shares: an SVG that reads on light and dark ground, and aloud. */

export const escapeXml = (text: string) =>
  text.replace(
    /[&<>"]/g,
    (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[sign] as string,
  );

const attributes = (given: Readonly<Record<string, string | number>>) =>
  Object.entries(given)
    .map(([name, value]) => ` ${name}="${escapeXml(String(value))}"`)
    .join('');

/** An element; children are markup, not text. */
export const element = (
  name: string,
  given: Readonly<Record<string, string | number>>,
  ...children: string[]
) =>
  children.length > 0
    ? `<${name}${attributes(given)}>${children.join('')}</${name}>`
    : `<${name}${attributes(given)}/>`;

export const textAt = (
  x: number,
  y: number,
  content: string,
  more: Readonly<Record<string, string | number>> = {},
) => element('text', { x, y, fill: 'currentColor', ...more }, escapeXml(content));

/**
 * Okabe and Ito's colours that are told apart in every kind of colour blindness, of middling lightness, and a grey and a brown
 * for those who draw more.
 */
const seriesColours = [
  '#0072b2',
  '#d55e00',
  '#009e73',
  '#cc79a7',
  '#e69f00',
  '#56b4e9',
  '#7f7f7f',
  '#8c564b',
] as const;

/** Degrees of the stripes of the second eight series, the third, and so on. */
const hatchAngles = [45, 135, 0, 90] as const;

/**
 * A fill for each series: a colour, and from the ninth on the same colours striped. Stripes are on a paler ground of their colour,
 * so that they are seen on light and dark.
 * @param name prefix of the patterns' ids
 * @returns the patterns, which stand before what refers to them, and the fill by place
 */
export function seriesFills(name: string, count: number): { patterns: string[]; of(series: number): string } {
  const colourOf = (series: number) => seriesColours[series % seriesColours.length] as string;
  const roundOf = (series: number) => Math.floor(series / seriesColours.length);
  const idOf = (series: number) => `${name}-hatch-${series}`;
  const pattern = (series: number) => {
    const angle = hatchAngles[(roundOf(series) - 1) % hatchAngles.length] as number;
    const fill = colourOf(series);
    return element(
      'pattern',
      {
        id: idOf(series),
        width: 6,
        height: 6,
        patternUnits: 'userSpaceOnUse',
        patternTransform: `rotate(${angle})`,
      },
      element('rect', { width: 6, height: 6, fill, 'fill-opacity': 0.3 }),
      element('path', { d: 'M0 0H3V6H0Z', fill }),
    );
  };
  const striped = Array.from({ length: count }, (_, series) => series).filter(
    (series) => roundOf(series) > 0,
  );
  return {
    patterns: striped.length > 0 ? [element('defs', {}, ...striped.map(pattern))] : [],
    of: (series) => (roundOf(series) > 0 ? `url(#${idOf(series)})` : colourOf(series)),
  };
}

/** Of a `rank-cell`, whose opacity says how large a number is: given as an attribute, since programs for papers know no CSS variables. */
export const cellFill = '#7db4e6';
/** The same on dark ground. */
const darkCellFill = '#1f5fa8';

/** Follows the reader's scheme where it stands alone, as in an `<img>`; in a page `color` may be set from outside. */
const style = (name: string) =>
  [
    `.${name}{color:#1f2328;font:12px system-ui,sans-serif}`,
    `@media (prefers-color-scheme:dark){.${name}{color:#e6edf3}.${name} .rank-cell{fill:${darkCellFill}}}`,
  ].join('');

/**
 * @param name class and prefix of ids, so that several figures can stand in one page
 * @param description what the figure shows, number by number, for those who do not see it
 */
export function svgFigure(
  {
    name,
    title,
    description,
    width,
    height,
  }: {
    name: string;
    title: string;
    description: string;
    width: number;
    height: number;
  },
  body: readonly string[],
): string {
  return `${element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      viewBox: `0 0 ${width} ${height}`,
      width,
      height,
      class: name,
      role: 'img',
      'aria-labelledby': `${name}-title ${name}-desc`,
    },
    element('title', { id: `${name}-title` }, escapeXml(title)),
    element('desc', { id: `${name}-desc` }, escapeXml(description)),
    element('style', {}, style(name)),
    ...body,
  )}\n`;
}
