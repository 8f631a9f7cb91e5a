/** What is said of a model whose loss is no number. */
import { expect, it } from 'vitest';
import { parseExperimentConfig } from '../config/experiment';
import { unscorableNotice } from './divergence';

it('names the learning rate of a model that was trained, not of one that was only scored', () => {
  const said = (steps: number) =>
    unscorableNotice('lora', parseExperimentConfig({ method: 'lora', retrain: { steps, learningRate: 0.5 } }))
      .message;
  expect(said(3)).toMatch(
    /nothing to score\. Reset and lower the learning rate \(now 0\.5\), or clip gradients\.$/,
  );
  expect(said(0)).toMatch(/nothing to score\.$/);
});
