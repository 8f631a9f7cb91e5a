import { describe, expect, it } from 'vitest';
import { metricInfo, metrics } from './catalog';
import { classificationMetrics } from './classification';
import { regressionMetrics } from './correlation';
import { entityMetrics } from './entities';
import { e2eMetrics, webnlgMetrics } from './generation';

describe('catalog', () => {
  it('knows every metric that a task reports, within its range', () => {
    const text = ['a red boat lies by the old quay'];
    const reported = [
      classificationMetrics([0, 1], [0, 1], 2),
      regressionMetrics([1, 2, 3], [1, 3, 2]),
      entityMetrics([['B-x']], [['B-x']]),
      e2eMetrics(text, [text]),
      webnlgMetrics(text, [text]),
    ];
    for (const { values } of reported)
      for (const [key, value] of Object.entries(values)) {
        const { range } = metricInfo(key);
        expect(value).toBeGreaterThanOrEqual(range[0]);
        expect(value).toBeLessThanOrEqual(range[1] ?? Number.POSITIVE_INFINITY);
      }
  });

  it('names METEOR for what it is, and only losses and TER are better when low', () => {
    expect(metricInfo('meteorExactStem').label).toBe('METEOR (exact + stem)');
    expect(
      Object.values(metrics)
        .filter((info) => !info.higherIsBetter)
        .map(({ key }) => key),
    ).toEqual(['ter', 'loss']);
    expect(() => metricInfo('toString')).toThrow('There is no metric "toString"; the metrics are accuracy,');
  });
});
