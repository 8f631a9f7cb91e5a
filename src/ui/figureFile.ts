/**
 * A figure of the page as a file that stands alone: SVG with its colours and fonts written out, a title, the legend and a
 * background, or the same as PNG.
 */
import type { ColorRamp, Swatch } from './charts/colorKeys';

/** A line of a chart as its legend shows it. */
interface LegendLine {
  label: string;
  /** A CSS colour. */
  color: string;
  dash?: string;
}

export interface FigureText {
  /** What the figure shows, of which run. */
  title: string;
  /** A line below it: moment and scale, which the figure says outside of its drawing. */
  detail?: string;
  /** Scale of a heatmap's colours, above the legend. */
  ramp?: ColorRamp;
  legend?: readonly (LegendLine | Swatch)[];
}

/** An SVG element that is still to be made, in the coordinates of the figure's keys. */
export interface Part {
  name: string;
  attributes: Readonly<Record<string, string | number>>;
  text?: string;
}

/** What a drawing takes from style sheets and variables of the page. */
const styled = [
  'fill',
  'fill-opacity',
  'stroke',
  'stroke-width',
  'stroke-dasharray',
  'stroke-opacity',
  'opacity',
  'vector-effect',
  'font-family',
  'font-size',
  'font-weight',
  'text-anchor',
  'dominant-baseline',
] as const;

const namespace = 'http://www.w3.org/2000/svg';
const padding = 14;
const titleHeight = 26;
const detailHeight = 20;
const legendHeight = 24;
const rampHeight = 34;
/** A ramp wider than this says no more. */
const widestRamp = 420;

/** Writes the computed look of every element into its clone. */
function writeStyles(from: Element, to: Element): void {
  const computed = getComputedStyle(from);
  for (const name of styled) {
    const value = computed.getPropertyValue(name);
    if (value) to.setAttribute(name, value);
  }
  to.removeAttribute('class');
  to.removeAttribute('style');
  to.removeAttribute('tabindex');
  const children = [...from.children];
  [...to.children].forEach((child, i) => {
    writeStyles(children[i] as Element, child);
  });
}

function node(name: string, attributes: Readonly<Record<string, string | number>>, text?: string): Element {
  const made = document.createElementNS(namespace, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  if (text !== undefined) made.textContent = text;
  return made;
}

/** The colour that a CSS value is on this page: `var(--train)` → `rgb(…)`. */
function colorOf(value: string, beside: Element): string {
  const probe = document.createElement('span');
  probe.style.color = value;
  beside.appendChild(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

/** Of a legend's entry: its line, its text, and the gap behind it. */
const entryWidth = (label: string): number => 26 + 6.6 * label.length + 18;

/** Where each entry of a legend begins, in as many lines as it takes. @param width of a line */
export function legendPlaces(labels: readonly string[], width: number): { line: number; left: number }[] {
  let line = 0;
  let left = 0;
  return labels.map((label) => {
    const own = entryWidth(label);
    if (left > 0 && left + own > width) {
      line += 1;
      left = 0;
    }
    const place = { line, left };
    left += own;
    return place;
  });
}

const keyText = (x: number, y: number, text: string, anchor = 'start'): Part => ({
  name: 'text',
  attributes: { x, y, 'font-size': 12, 'text-anchor': anchor, fill: 'currentColor' },
  text,
});

function lineParts({ color, dash }: LegendLine, x: number, y: number): Part[] {
  const attributes = { x1: x, x2: x + 20, y1: y, y2: y, stroke: color, 'stroke-width': 2 };
  return [{ name: 'line', attributes: { ...attributes, ...(dash && { 'stroke-dasharray': dash }) } }];
}

const swatchSize = 13;

function swatchParts({ fill, outlined, hatched }: Swatch, x: number, y: number): Part[] {
  const top = y - swatchSize / 2;
  const left = x + 20 - swatchSize;
  const stroke = outlined ? 'var(--cell-outline)' : 'var(--line)';
  const square = { x: left, y: top, width: swatchSize, height: swatchSize, rx: 3, fill, stroke };
  const bottom = top + swatchSize;
  const right = left + swatchSize;
  const third = swatchSize / 3;
  const stripes = [
    `M${left} ${bottom - third}L${right - third} ${top}`,
    `M${left} ${bottom}L${right} ${top}`,
    `M${left + third} ${bottom}L${right} ${top + third}`,
  ].join('');
  return [
    { name: 'rect', attributes: square },
    ...(hatched
      ? [{ name: 'path', attributes: { d: stripes, stroke: 'var(--cell-hatch)', 'stroke-width': 1.5 } }]
      : []),
  ];
}

function rampParts({ colors, ticks, mark }: ColorRamp, width: number): Part[] {
  const step = width / colors.length;
  const steps = colors.map((fill, i) => ({
    name: 'rect',
    // A little wider than a step: no seams.
    attributes: { x: i * step, y: 0, width: step + (i + 1 < colors.length ? 0.5 : 0), height: 10, fill },
  }));
  const line = { x: width * (mark ?? 0) - 0.75, y: 0, width: 1.5, height: 10, fill: 'currentColor' };
  const anchorAt = (at: number) => (at === 0 ? 'start' : at === 1 ? 'end' : 'middle');
  return [
    ...steps,
    ...(mark === undefined ? [] : [{ name: 'rect', attributes: line }]),
    ...ticks.map(({ at, text }) => keyText(at * width, 24, text, anchorAt(at))),
  ];
}

/** Ramp and legend of a figure's file. @param width that they may take @returns also the height that they take */
export function keyParts(
  { ramp, legend = [] }: Pick<FigureText, 'ramp' | 'legend'>,
  width: number,
): { parts: Part[]; height: number } {
  const places = legendPlaces(
    legend.map(({ label }) => label),
    width,
  );
  const above = ramp ? rampHeight : 0;
  const entries = legend.flatMap((entry, i) => {
    const { line = 0, left = 0 } = places[i] ?? {};
    const y = above + 6 + line * legendHeight;
    return [
      ...('fill' in entry ? swatchParts(entry, left, y) : lineParts(entry, left, y)),
      keyText(left + 26, y + 4, entry.label),
    ];
  });
  return {
    parts: [...(ramp ? rampParts(ramp, Math.min(width, widestRamp)) : []), ...entries],
    height: above + legendHeight * (places.length > 0 ? 1 + Math.max(...places.map(({ line }) => line)) : 0),
  };
}

/** @param drawing an SVG of the page, in a card */
export function figureSvg(drawing: SVGSVGElement, { title, detail, ...keys }: FigureText): string {
  const card = drawing.closest('.card') ?? document.body;
  const { backgroundColor, fontFamily } = getComputedStyle(card);
  const ink = getComputedStyle(card).color;
  const box = drawing.getBoundingClientRect();
  const widest = Math.max(
    box.width,
    7.2 * title.length,
    6.4 * (detail?.length ?? 0),
    ...(keys.legend ?? []).map(({ label }) => entryWidth(label)),
  );
  const width = Math.ceil(widest + 2 * padding);
  const { parts, height: keyHeight } = keyParts(keys, widest);
  const keyTop = padding + titleHeight + (detail ? detailHeight : 0);
  const top = keyTop + keyHeight;
  const height = Math.ceil(box.height + top + padding);
  const root = node('svg', {
    xmlns: namespace,
    viewBox: `0 0 ${width} ${height}`,
    width,
    height,
    role: 'img',
    'font-family': fontFamily,
  });
  root.append(
    node('title', {}, title),
    node('rect', { width, height, fill: backgroundColor }),
    node('text', { x: padding, y: padding + 14, fill: ink, 'font-size': 14, 'font-weight': 600 }, title),
    ...(detail ? [node('text', { x: padding, y: padding + 33, fill: ink, 'font-size': 12 }, detail)] : []),
  );
  const group = node('g', { transform: `translate(${padding} ${keyTop})` });
  for (const { name, attributes, text } of parts) {
    const colours = Object.entries(attributes).map(([key, value]) => [
      key,
      key === 'fill' || key === 'stroke' ? colorOf(String(value), card) : value,
    ]);
    group.append(node(name, Object.fromEntries(colours), text));
  }
  root.append(group);
  const clone = drawing.cloneNode(true) as SVGSVGElement;
  writeStyles(drawing, clone);
  clone.setAttribute('x', String(padding));
  clone.setAttribute('y', String(top));
  clone.setAttribute('width', String(box.width));
  clone.setAttribute('height', String(box.height));
  root.append(clone);
  return new XMLSerializer().serializeToString(root);
}

/** @param scale pixels per CSS pixel */
export async function svgToPng(svg: string, scale = 2): Promise<Blob> {
  const address = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = image.width * scale;
    canvas.height = image.height * scale;
    canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/png'));
    if (!blob) throw new Error('The browser made no picture of the figure; take the SVG.');
    return blob;
  } finally {
    URL.revokeObjectURL(address);
  }
}
