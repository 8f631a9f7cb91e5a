/** Frames of the heatmap: layout, live ranks, bounded memory, round trip. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { LayerSelection } from '../telemetry/events';
import { type SelectionFrame, SelectionFrames } from './selectionFrames';

const layer = (name: string, selection: number[]): LayerSelection => ({
  layer: name,
  selection,
  beta: selection.map((a) => Math.log(a)),
  direct: selection.map((_, j) => j + 0.25),
  implicit: selection.map((_, j) => -j),
  magnitude: selection.map(() => 2),
});
const rule = { variant: 'softmax', rankRule: 'threshold' } as const;

describe('SelectionFrames', () => {
  it('reads back what was pushed and derives ranks', () => {
    const frames = new SelectionFrames();
    frames.push(4, [layer('0.query', [0.5, 0.3, 0.2]), layer('0.value', [0.1, 0.1, 0.8])], rule);
    const frame = frames.latest;
    if (!frame) throw new Error('no frame');
    expect([...frame.ranks]).toEqual([1, 1]);
    expect(frames.value(frame, 'selection', 1, 2)).toBeCloseTo(0.8, 6);
    expect(frames.value(frame, 'direct', 0, 1)).toBe(1.25);
    expect([...frames.row(frame, 'implicit', 1)]).toEqual([-0, -1, -2]);
    expect(frame.thresholds[0]).toBeCloseTo(1 / 3, 6);
  });

  it('keeps by raw-mean what the released code keeps, as the golden has it', () => {
    const { cases } = JSON.parse(
      readFileSync(new URL('../testing/golden/threshold/golden.json', import.meta.url), 'utf8'),
    ) as { cases: { name: string; k: number; beta: number[]; official_glue_raw: { keep: number[] } }[] };
    expect(cases.length).toBeGreaterThan(20);
    for (const { name, k, beta, official_glue_raw } of cases) {
      const frames = new SelectionFrames();
      const own = { ...layer('0.query', new Array(k).fill(1 / k)), beta };
      frames.push(1, [own], { variant: 'softmax', rankRule: 'raw-mean' });
      const frame = frames.latest as SelectionFrame;
      const keep = beta.map((_, j) => Number(frames.isKept(frame, 0, j)));
      expect(keep, name).toEqual(official_glue_raw.keep);
      expect(frame.ranks[0], name).toBe(keep.reduce((sum, one) => sum + one, 0));
    }
  });

  it('stays bounded and keeps the first and the newest frame', () => {
    const frames = new SelectionFrames();
    for (let step = 1; step <= 9000; step++) frames.push(step, [layer('0.query', [0.5, 0.5])], rule);
    expect(frames.frames.length).toBeLessThanOrEqual(frames.capacity);
    expect(frames.frames[0]?.step).toBe(1);
    expect(frames.latest?.step).toBe(9000);
    const steps = frames.frames.map(({ step }) => step);
    expect(steps).toEqual([...steps].sort((a, b) => a - b));
  });

  it('comes back from its stored form and starts over for another grid', () => {
    const frames = new SelectionFrames();
    frames.push(1, [layer('0.query', [0.6, 0.4])], rule);
    const copy = new SelectionFrames();
    copy.restore(structuredClone(frames.stored()));
    expect(copy.latest?.values).toEqual(frames.latest?.values);
    copy.push(2, [layer('0.query', [0.6, 0.3, 0.1])], rule);
    expect(copy.frames).toHaveLength(1);
    expect(copy.components).toBe(3);
  });
});
