/** What a person sees on stderr while a run goes on. */
import { describe, expect, it } from 'vitest';
import type { Progress } from '../runtime/protocol';
import { describeProgress, ProgressLine, phaseOf } from './progressLine';

const progress: Progress = {
  status: 'running',
  role: 'autolora',
  phase: 'search',
  step: 120,
  steps: 240,
  stepMs: 41.3,
  remainingMs: 83_000,
  tensors: 100,
  bytes: 1000,
};

it('says phase, rate and remaining time, and leaves out what is not known yet', () => {
  expect(describeProgress(progress)).toBe('autolora search 120/240  41 ms/step, 24.2 steps/s  1:23 left');
  expect(describeProgress({ ...progress, step: 0, stepMs: 0, remainingMs: 0 })).toBe('autolora search 0/240');
});

describe('ProgressLine', () => {
  const shown = (isTTY: boolean) => {
    const written: string[] = [];
    const time = { ms: 0 };
    const out = { isTTY, write: (text: string) => written.push(text) };
    const line = new ProgressLine(describeProgress, phaseOf, out, () => time.ms);
    return { written, time, line };
  };

  it('rewrites one line in a terminal, and clears it before another', () => {
    const { written, time, line } = shown(true);
    line.show(progress);
    line.show({ ...progress, step: 121 });
    time.ms = 300;
    line.show({ ...progress, step: 125, remainingMs: 0 });
    line.say('saved');
    expect(written).toHaveLength(4);
    expect(written[1]).toMatch(/^\rautolora search 125\/240 .* steps\/s {11}$/);
    expect(written[2]).toMatch(/^\r +\r$/);
    expect(written[3]).toBe('saved\n');
  });

  it('writes a line each ten seconds and at every new phase in a log', () => {
    const { written, time, line } = shown(false);
    line.show(progress);
    time.ms = 9000;
    line.show({ ...progress, step: 130 });
    line.show({ ...progress, phase: 'retrain', step: 1 });
    time.ms = 20_000;
    line.show({ ...progress, phase: 'retrain', step: 9 });
    expect(written.map((text) => text.split('  ')[0])).toEqual([
      'autolora search 120/240',
      'autolora retrain 1/240',
      'autolora retrain 9/240',
    ]);
  });
});
