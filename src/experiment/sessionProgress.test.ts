/** How many steps a session has still before it. */
import { expect, it } from 'vitest';
import { parseExperimentConfig } from '../config/experiment';
import { stepsLeft } from './sessionProgress';

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
