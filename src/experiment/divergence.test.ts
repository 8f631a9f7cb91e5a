/** What is said of a model whose loss is no number. */
import { expect, it } from 'vitest';
import { parseExperimentConfig } from '../config/experiment';
import { unscorableNotice } from './divergence';

it('names the learning rate of a model that was trained, not of one that was only scored', () => {
  const notice = (steps: number) =>
    unscorableNotice(
      'lora',
      parseExperimentConfig({ method: 'lora', retrain: { steps, learningRate: 0.5 } }),
    );
  expect(notice(3).message).toMatch(
    /nothing to score\. Reset and lower the learning rate \(now 0\.5\), or clip gradients\.$/,
  );
  expect(notice(3).reason).toBe('diverged');
  expect(notice(0).message).toMatch(/nothing to score\.$/);
  expect(notice(0).reason).toBeUndefined();
});
