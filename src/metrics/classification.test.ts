import { describe, expect, it } from 'vitest';
import {
  binaryF1,
  classificationMetrics,
  confusionMatrix,
  macroF1,
  matthewsCorrelation,
} from './classification';

describe('classification metrics', () => {
  it('agree with counts done by hand', () => {
    // 3 true positives, 1 false positive, 2 false negatives, 4 true negatives.
    const labels = [1, 1, 1, 0, 1, 1, 0, 0, 0, 0];
    const predictions = [1, 1, 1, 1, 0, 0, 0, 0, 0, 0];
    const { values, confusion } = classificationMetrics(predictions, labels, 2);
    expect(confusion).toEqual([
      [4, 1],
      [2, 3],
    ]);
    expect(values.accuracy).toBeCloseTo(0.7, 12);
    expect(values.f1).toBeCloseTo(6 / 9, 12);
    expect(values.macroF1).toBeCloseTo((6 / 9 + 8 / 11) / 2, 12);
    // (TP·TN − FP·FN) / √((TP+FP)(TP+FN)(TN+FP)(TN+FN))
    expect(values.matthews).toBeCloseTo((3 * 4 - 1 * 2) / Math.sqrt(4 * 5 * 5 * 6), 12);
  });

  it('treat a class that is never predicted as scikit-learn does', () => {
    const confusion = confusionMatrix([0, 0, 0, 0], [0, 1, 0, 1], 2);
    expect(matthewsCorrelation(confusion)).toBe(0);
    expect(binaryF1(confusion)).toBe(0);
    expect(macroF1(confusion)).toBeCloseTo(1 / 3, 12);
  });

  it('leave f1 of class 1 out where there are more than two classes', () => {
    expect(Object.keys(classificationMetrics([0, 1, 2], [0, 1, 2], 3).values)).toEqual([
      'accuracy',
      'macroF1',
      'matthews',
    ]);
  });

  it('refuse what cannot be counted', () => {
    expect(() => confusionMatrix([0], [0, 1], 2)).toThrow('1 predictions for 2 labels');
    expect(() => confusionMatrix([], [], 2)).toThrow('no examples');
    expect(() => confusionMatrix([0, 2], [0, 1], 2)).toThrow('Example 1 has label 1 and prediction 2');
  });
});
