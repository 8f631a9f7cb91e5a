/** Scores with their uncertainty, and the sentence that compares two of them. */
import { describe, expect, it } from 'vitest';
import type { EvaluationEvent } from '../../telemetry/events';
import { scoreText, verdictText } from './metricText';

describe('scoreText', () => {
  it('gives accuracy with its binomial error, and correlations as numbers', () => {
    expect(scoreText('accuracy', 0.8, 500)).toEqual({ score: '80.0 %', error: '± 1.8 points' });
    expect(scoreText('matthews', 0.4321, 500)).toEqual({ score: '0.432', error: '' });
  });
});

describe('verdictText', () => {
  const scored = (primary: string, value: number) =>
    ({ primary, metrics: { [primary]: value }, predictions: new Array(500) }) as unknown as EvaluationEvent;
  const verdict = (mine: number, theirs: number, primary = 'accuracy') =>
    verdictText(scored(primary, mine), scored(primary, theirs), 'dev');

  it('tells the same, what is within the noise, and what is not', () => {
    expect(verdict(0.8, 0.8)).toBe(
      'AutoLoRA and LoRA score the same on 500 dev examples (± 5.1 points, two standard errors); one seed settles nothing.',
    );
    expect(verdict(0.79, 0.8)).toBe(
      'AutoLoRA scores 1.0 points below LoRA, which is within the noise of 500 dev examples (± 5.1 points, two standard errors); one seed settles nothing.',
    );
    expect(verdict(0.9, 0.8)).toBe(
      'AutoLoRA scores 10.0 points above LoRA on 500 dev examples (± 4.5 points, two standard errors); other seeds will differ.',
    );
  });

  it('gives both numbers where no error is known', () => {
    expect(verdict(0.5, -0.25, 'matthews')).toBe(
      'AutoLoRA scores 0.500, LoRA −0.250 (Matthews correlation on 500 dev examples); one seed settles nothing.',
    );
  });
});
