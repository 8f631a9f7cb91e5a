import { describe, expect, it } from 'vitest';
import { type ExperimentInput, parseExperimentConfig } from '../config/experiment';
import type { ExperimentContext } from './context';
import { progressOf, type SessionStanding, stepsLeft } from './sessionProgress';

const contextOf = (more: ExperimentInput = {}) =>
  ({
    config: parseExperimentConfig({ search: { steps: 100 }, retrain: { steps: 20, batchSize: 4 }, ...more }),
    task: { kind: 'classification' },
    dev: new Array(10),
  }) as unknown as ExperimentContext;

const standing: SessionStanding = {
  role: 'autolora',
  phase: 'search',
  finished: false,
  thresholded: false,
  searched: 40,
  trained: 0,
  evaluated: 0,
  searchStepMs: 8,
  trainStepMs: 0,
};

describe('progressOf', () => {
  it.each<[string, Partial<SessionStanding>, ExperimentInput, number]>([
    // 60 of 8 ms; two trainings of 20 at a fourth of that each.
    ['before any training is timed', {}, {}, 480 + 40 + 40],
    ['without LoRA beside it', {}, { baseline: { enabled: false } }, 480 + 40],
    ['at the threshold', { phase: 'threshold', searched: 100 }, {}, 40 + 40],
    ['in the retraining', { phase: 'retrain', trained: 5, trainStepMs: 3 }, {}, 15 * 3 + 20 * 3],
    ['in the evaluation', { phase: 'evaluate', trained: 20, trainStepMs: 3 }, {}, 20 * 3],
    ['in LoRA’s training', { role: 'lora', phase: 'retrain', trained: 5, trainStepMs: 3 }, {}, 15 * 3],
    [
      'of another method',
      { role: 'dora', phase: 'retrain', trained: 5, trainStepMs: 3 },
      { method: 'dora' },
      15 * 3,
    ],
    ['at the end', { phase: 'evaluate', finished: true, trainStepMs: 3 }, {}, 0],
  ])('counts what is left %s', (_, change, more, remainingMs) => {
    expect(progressOf(contextOf(more), { ...standing, ...change }).remainingMs).toBe(remainingMs);
  });

  it.each<[Partial<SessionStanding>, object]>([
    [{}, { status: 'paused', step: 40, steps: 100, stepMs: 8 }],
    [
      { phase: 'threshold', searched: 37 },
      { step: 37, steps: 100 },
    ],
    [
      { phase: 'retrain', thresholded: true, trainStepMs: 3 },
      { status: 'thresholded', step: 0, steps: 20, stepMs: 3 },
    ],
    // Ten examples in batches of four, and the pull that ends it.
    [
      { phase: 'evaluate', evaluated: 2 },
      { step: 2, steps: 3 },
    ],
    [{ finished: true }, { status: 'finished' }],
  ])('says where a run stands: %o', (change, told) => {
    expect(progressOf(contextOf(), { ...standing, ...change })).toMatchObject(told);
  });
});

it('counts the steps of the search, of the retraining and of LoRA beside it', () => {
  const config = parseExperimentConfig({ search: { steps: 10 }, retrain: { steps: 7 } });
  const alone = parseExperimentConfig({ method: 'lora', retrain: { steps: 7 } });
  const begun = { finished: false, thresholded: false, evaluated: 0, searched: 4, trained: 0 };
  expect(stepsLeft(config, { ...begun, role: 'autolora', phase: 'search' })).toEqual({
    search: 6,
    train: 14,
  });
  expect(stepsLeft(config, { ...begun, role: 'autolora', phase: 'retrain', trained: 2 }).train).toBe(12);
  expect(stepsLeft(config, { ...begun, role: 'lora', phase: 'retrain', trained: 2 }).train).toBe(5);
  expect(stepsLeft(alone, { ...begun, role: 'lora', phase: 'retrain', trained: 2 }).train).toBe(5);
  expect(stepsLeft(config, { ...begun, role: 'lora', phase: 'evaluate' }).train).toBe(0);
  expect(stepsLeft(config, { ...begun, finished: true, role: 'autolora', phase: 'search' })).toEqual({
    search: 0,
    train: 0,
  });
});
