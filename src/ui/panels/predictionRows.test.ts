/** Predictions are listed by filters, mistakes by how sure they were. */
import { describe, expect, it } from 'vitest';
import { allWrong, scoredTexts, sequenceRows, taggingRows, textRows } from './predictionRows';

const row = (text: string, label: number, prediction: number, logits: number[]) => ({
  text,
  label,
  prediction,
  logits,
});

describe('sequenceRows', () => {
  it('drops what is right and puts the surest mistake first', () => {
    const rows = [
      row('right', 1, 1, [0, 3]),
      row('unsure', 0, 1, [0.1, 0.2]),
      row('sure', 1, 0, [4, -2]),
      row('barely right', 0, 0, [0.2, 0.1]),
    ];
    const shown = (filter: object) => sequenceRows(rows, { ...allWrong, ...filter }).map(({ text }) => text);
    expect(shown({})).toEqual(['sure', 'unsure']);
    expect(shown({ outcome: 'right' })).toEqual(['barely right', 'right']);
    expect(shown({ outcome: 'all', label: 1 })).toEqual(['sure', 'right']);
    expect(shown({ outcome: 'all', text: 'RIGHT' })).toEqual(['barely right', 'right']);
  });

  it('puts the furthest of a regression first, whatever the outcome says', () => {
    const rows = [row('near', 2, 2.1, [2.1]), row('far', 0, 4, [4])];
    expect(sequenceRows(rows, allWrong, 'regression').map(({ text }) => text)).toEqual(['far', 'near']);
  });
});

describe('taggingRows', () => {
  it('drops what is right and puts the sentence with the most wrong tags first', () => {
    const words = ['a', 'b'];
    const tags = ['B-DNA', 'I-DNA'];
    const rows = [
      { words, tags, predicted: tags },
      { words, tags, predicted: ['B-DNA', 'O'] },
      { words, tags, predicted: ['O', 'O'] },
    ];
    const shown = (filter: object) =>
      taggingRows(rows, { ...allWrong, ...filter }, ['DNA', 'RNA']).map(({ predicted }) =>
        predicted.join(' '),
      );
    expect(shown({})).toEqual(['O O', 'B-DNA O']);
    expect(shown({ outcome: 'right' })).toEqual(['B-DNA I-DNA']);
    expect(shown({ outcome: 'all', label: 1 })).toEqual([]);
  });
});

describe('textRows', () => {
  it('scores each text against its references and puts the furthest first', () => {
    const text = (generated: string) => ({
      source: generated,
      references: ['a cheap cafe by the river'],
      generated,
    });
    const scored = scoredTexts([text('a cheap cafe by the river'), text('the pub')]);
    const rows = textRows(scored, allWrong);
    expect(rows.map(({ generated }) => generated)).toEqual(['the pub', 'a cheap cafe by the river']);
    expect(rows[1]).toMatchObject({ rougeL: 1, bleu: 1 });
    // ROUGE-L leaves signs of punctuation out, BLEU counts them; neither minds the case.
    const [signs] = scoredTexts([text('A cheap cafe, by the river.')]);
    expect(signs?.rougeL).toBe(1);
    expect(signs?.bleu).toBeCloseTo(((7 / 9) * (5 / 8) * (3 / 7) * (1 / 6)) ** 0.25, 12);
    expect(rows[0]?.rougeL).toBeGreaterThan(0);
    expect(rows[0]?.rougeL).toBeLessThan(0.5);
    expect(textRows(scored, { ...allWrong, text: 'Pub' }).map(({ generated }) => generated)).toEqual([
      'the pub',
    ]);
  });
});
