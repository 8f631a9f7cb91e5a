import { describe, expect, it } from 'vitest';
import { bagOfWordsBaseline, bagOfWordsRegression } from './bagOfWords';
import type { SequenceExample } from './task';

const labelled = (...classes: string[][]): SequenceExample[] =>
  classes.flatMap((texts, label) => texts.map((text) => ({ text, label })));

describe('bagOfWordsBaseline', () => {
  it('learns what single words tell', () => {
    const data = labelled(['a bad film', 'bad food', 'so bad'], ['a good film', 'good food', 'so good']);
    const unseen = labelled(['a bad book'], ['a good book']);
    const { accuracy, predictions } = bagOfWordsBaseline(data, unseen, 1);
    expect(accuracy).toBe(1);
    expect(predictions).toEqual([0, 1]);
  });

  it('needs pairs of words where single words tell nothing', () => {
    const data = labelled(
      ['was bad', 'not good', 'is bad', 'never good'],
      ['was good', 'not bad', 'is good', 'never bad'],
    );
    expect(bagOfWordsBaseline(data, data, 1).trainAccuracy).toBeLessThan(0.8);
    expect(bagOfWordsBaseline(data, data, 2).trainAccuracy).toBe(1);
  });

  it('tells three classes apart', () => {
    const data = labelled(['red sky', 'a red car'], ['blue sky', 'a blue car'], ['no sky', 'no car']);
    expect(bagOfWordsBaseline(data, labelled(['red'], ['blue'], ['no']), 1).accuracy).toBe(1);
  });

  it('reads both texts of a pair', () => {
    const data: SequenceExample[] = [
      { text: 'a', pair: 'good', label: 1 },
      { text: 'a', pair: 'bad', label: 0 },
    ];
    expect(bagOfWordsBaseline(data, data, 1).accuracy).toBe(1);
  });
});

describe('bagOfWordsRegression', () => {
  it('orders texts by what their words add up to', () => {
    const worth = (text: string, label: number) => ({ text, label });
    const train = [worth('low', 0), worth('low mid', 1), worth('mid high', 4), worth('high top', 5)];
    const { spearman, predictions } = bagOfWordsRegression(train, train, 1);
    expect(spearman).toBeCloseTo(1, 12);
    expect(predictions[3]).toBeGreaterThan(predictions[0] as number);
  });
});
