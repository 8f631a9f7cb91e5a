/** What stands above the drawing in the file of a figure: where the legend's entries are, and the key of a heatmap's colours. */
import { describe, expect, it } from 'vitest';
import { rankSwatches, selectionDetail, selectionRamp, selectionSwatches } from './charts/colorKeys';
import { divergingColor } from './charts/colorScales';
import { keyParts, legendPlaces, type Part } from './figureFile';

describe('legendPlaces', () => {
  it('puts entries beside each other while they fit, and the others on further lines', () => {
    const four = ['search: train', 'search: validation', 'retrain: AutoLoRA', 'retrain: LoRA'];
    expect(legendPlaces(four, 2000).map(({ line }) => line)).toEqual([0, 0, 0, 0]);
    const narrow = legendPlaces(four, 480);
    expect(narrow.map(({ line }) => line)).toEqual([0, 0, 0, 1]);
    expect(narrow[3]?.left).toBe(0);
    // One that is wider than a line has one of its own.
    expect(legendPlaces(['a'.repeat(80), 'b'], 100)).toEqual([
      { line: 0, left: 0 },
      { line: 1, left: 0 },
    ]);
  });
});

describe('keyParts', () => {
  const named = (parts: readonly Part[], name: string) => parts.filter((part) => part.name === name);
  const texts = (parts: readonly Part[]) => named(parts, 'text').map(({ text }) => text);

  it('draws the lines of a chart as they are dashed', () => {
    const { parts, height } = keyParts(
      {
        legend: [
          { label: 'train', color: 'red', dash: '6 3' },
          { label: 'validation', color: 'blue' },
        ],
      },
      500,
    );
    expect(named(parts, 'line').map(({ attributes }) => attributes['stroke-dasharray'])).toEqual([
      '6 3',
      undefined,
    ]);
    expect(texts(parts)).toEqual(['train', 'validation']);
    expect(height).toBe(24);
    expect(keyParts({}, 500)).toEqual({ parts: [], height: 0 });
  });

  it('has the ramp of the heatmap with its ticks and λ, and what kept and pruned look like', () => {
    const { parts, height } = keyParts(
      { ramp: selectionRamp('relative', 'light', 0.125), legend: selectionSwatches('relative', 'light') },
      300,
    );
    expect(texts(parts)).toEqual(['⅛ λ', '¼', '½', 'λ', '2', '4', '8 λ', 'kept', 'pruned']);
    const rects = named(parts, 'rect').map(({ attributes }) => attributes);
    // 48 steps over the whole width, the mark of λ in their middle, two swatches.
    expect(rects).toHaveLength(48 + 1 + 2);
    expect(rects[0]?.fill).toBe(divergingColor(-3 + 3 / 48, 'light'));
    expect(Number(rects[47]?.x) + Number(rects[47]?.width)).toBeCloseTo(300, 9);
    expect(Number(rects[48]?.x) + 0.75).toBe(150);
    const [kept, pruned] = rects.slice(49);
    expect(kept?.stroke).toBe('var(--cell-outline)');
    expect(pruned?.stroke).toBe('var(--line)');
    expect(named(parts, 'path')).toHaveLength(1);
    // The swatches stand below the ramp's ticks.
    expect(Number(kept?.y)).toBeGreaterThan(26);
    expect(height).toBe(34 + 24);
  });

  it('marks λ on the absolute scale where it is one number', () => {
    const marked = selectionRamp('absolute', 'light', 0.125);
    expect(marked.ticks.map(({ text }) => text)).toEqual(['0', 'λ = 0.125', '0.5', '1']);
    expect(marked.mark).toBe(0.125);
    expect(selectionRamp('absolute', 'light', undefined).mark).toBeUndefined();
  });

  it('has a swatch for the least, the middle and the largest rank', () => {
    expect(texts(keyParts({ legend: rankSwatches(8, 'dark') }, 300).parts)).toEqual(['1', '4', '8']);
    expect(rankSwatches(2, 'dark').map(({ label }) => label)).toEqual(['1', '2']);
  });
});

describe('selectionDetail', () => {
  it('says the step and what the colours stand for', () => {
    expect(selectionDetail(240, 'relative', 0.125, '1/k')).toBe(
      'step 240, colour: a in multiples of λ = 1/k = 0.125',
    );
    expect(selectionDetail(3, 'fine', undefined, '1/k')).toBe('step 3, colour: a in multiples of λ');
    expect(selectionDetail(240, 'absolute', 0.5, '½')).toBe('step 240, colour: a from 0 to 1, λ = ½ = 0.5');
    expect(selectionDetail(undefined, 'absolute', undefined, '½')).toBe('step 0, colour: a from 0 to 1');
  });
});
