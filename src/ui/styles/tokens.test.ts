/** What is written in a token can be read on what lies behind it: WCAG 2's 4.5:1, in light and dark. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { theme } from '../theme';

const css = readFileSync(new URL('./tokens.css', import.meta.url), 'utf8');

/** Value of a token in a scheme, through the tokens that it names. */
function colorOf(scheme: string, name: string): string {
  const block = css.slice(css.indexOf(`:root[data-mantine-color-scheme="${scheme}"]`));
  const value = new RegExp(`--${name}: ([^;]+);`).exec(block.slice(0, block.indexOf('}')))?.[1] ?? '';
  const named = /^var\(--(.+)\)$/.exec(value)?.[1];
  return named ? colorOf(scheme, named) : value;
}

/** Relative luminance of `#rrggbb`, as WCAG 2 defines it. */
function luminance(color: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(one: string, other: string): number {
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].sort((left, right) => right - left);
  return (light + 0.05) / (dark + 0.05);
}

describe.each(['light', 'dark'])('in %s', (scheme) => {
  it.each(['ink', 'ink-soft', 'accent', 'mantine-color-error', 'mantine-color-placeholder'])('%s', (name) => {
    for (const ground of ['card', 'raised'])
      expect(contrast(colorOf(scheme, name), colorOf(scheme, ground)), ground).toBeGreaterThanOrEqual(4.5);
  });
});

it('white on a filled button', () => {
  const light = theme.colors?.ink?.[7] ?? '';
  const dark =
    /\[data-variant="filled"\]:not\(\[data-disabled\]\) {\s*background-color: (#\w{6})/.exec(css)?.[1] ?? '';
  for (const ground of [light, dark]) expect(contrast('#ffffff', ground)).toBeGreaterThanOrEqual(4.5);
});
