import { describe, expect, it } from 'vitest';
import { entitiesOf, entityMetrics } from './entities';

const tags = (line: string) => line.split(' ');

describe('entities', () => {
  it('begin and end as conlleval has it', () => {
    expect(entitiesOf(tags('O I-x I-x I-y B-y O'))).toEqual([
      { type: 'x', start: 1, end: 2 },
      { type: 'y', start: 3, end: 3 },
      { type: 'y', start: 4, end: 4 },
    ]);
    expect(entitiesOf(tags('S-x B-y I-y E-y E-y'))).toEqual([
      { type: 'x', start: 0, end: 0 },
      { type: 'y', start: 1, end: 3 },
      { type: 'y', start: 4, end: 4 },
    ]);
    expect(entitiesOf(tags('O I-x B-x I-y'), 'iob2')).toEqual([{ type: 'x', start: 2, end: 2 }]);
    expect(entitiesOf([])).toEqual([]);
  });

  it('count only names that are right in both ends and type', () => {
    // True: x 0-1, y 3, x 5. Predicted: x 0-1 (right), x 3 (type), x 5-6 (end), y 8: 1 of 4, 1 of 3.
    const gold = [tags('B-x I-x O B-y O B-x O'), tags('O O')];
    const predicted = [tags('B-x I-x O B-x O B-x I-x'), tags('O B-y')];
    const { entityPrecision, entityRecall, entityF1 } = entityMetrics(predicted, gold).values;
    expect([entityPrecision, entityRecall]).toEqual([1 / 4, 1 / 3]);
    // 2·1 / (4 + 3)
    expect(entityF1).toBeCloseTo(2 / 7, 12);
  });

  it('score 0 without any name, and refuse tags that do not pair up', () => {
    expect(entityMetrics([['O']], [['O']]).values).toEqual({
      entityPrecision: 0,
      entityRecall: 0,
      entityF1: 0,
    });
    expect(() => entityMetrics([['O']], [])).toThrow('1 predicted sentences and 0 true ones');
    expect(() => entityMetrics([['O']], [['O', 'O']])).toThrow('Sentence 1 has 1 predicted tags for 2 words');
  });
});
