/**
 * A figure of the page as a file that stands alone: SVG with its colours and fonts written out, a title, the legend and a
 * background, or the same as PNG.
 */

export interface FigureText {
  /** What the figure shows, of which run. */
  title: string;
  legend?: readonly { label: string; color: string; dash?: string }[];
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
  'font-family',
  'font-size',
  'font-weight',
  'text-anchor',
  'dominant-baseline',
] as const;

const namespace = 'http://www.w3.org/2000/svg';
const padding = 14;
const titleHeight = 26;
const legendHeight = 24;

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

/** @param drawing an SVG of the page, in a card */
export function figureSvg(drawing: SVGSVGElement, { title, legend = [] }: FigureText): string {
  const card = drawing.closest('.card') ?? document.body;
  const { backgroundColor, fontFamily } = getComputedStyle(card);
  const ink = getComputedStyle(card).color;
  const box = drawing.getBoundingClientRect();
  const widest = Math.max(box.width, 7.2 * title.length, ...legend.map(({ label }) => entryWidth(label)));
  const width = Math.ceil(widest + 2 * padding);
  const places = legendPlaces(
    legend.map(({ label }) => label),
    widest,
  );
  const top =
    padding +
    titleHeight +
    legendHeight * (places.length > 0 ? 1 + Math.max(...places.map(({ line }) => line)) : 0);
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
  );
  legend.forEach(({ label, color, dash }, i) => {
    const { line = 0, left = 0 } = places[i] ?? {};
    const x = padding + left;
    const y = padding + titleHeight + 6 + line * legendHeight;
    const stroke = colorOf(color, card);
    root.append(
      node('line', {
        x1: x,
        x2: x + 20,
        y1: y,
        y2: y,
        stroke,
        'stroke-width': 2,
        ...(dash && { 'stroke-dasharray': dash }),
      }),
      node('text', { x: x + 26, y: y + 4, fill: ink, 'font-size': 12 }, label),
    );
  });
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
