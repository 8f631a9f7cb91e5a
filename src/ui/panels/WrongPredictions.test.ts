/** Mistakes are listed by how sure they were. */
import { describe, expect, it } from 'vitest';
import { scoreText } from './metricText';
import { mostMistagged, worstFirst } from './WrongPredictions';

const row = (text: string, label: number, prediction: number, logits: number[]) => ({
  text,
  label,
  prediction,
  logits,
});

describe('worstFirst', () => {
  it('drops what is right and puts the surest mistake first', () => {
    const sorted = worstFirst([
      row('right', 1, 1, [0, 3]),
      row('unsure', 0, 1, [0.1, 0.2]),
      row('sure', 1, 0, [4, -2]),
    ]);
    expect(sorted.map(({ text }) => text)).toEqual(['sure', 'unsure']);
  });
});

describe('mostMistagged', () => {
  it('drops what is right and puts the sentence with the most wrong tags first', () => {
    const words = ['a', 'b'];
    const tags = ['B-DNA', 'I-DNA'];
    const sorted = mostMistagged([
      { words, tags, predicted: tags },
      { words, tags, predicted: ['B-DNA', 'O'] },
      { words, tags, predicted: ['O', 'O'] },
    ]);
    expect(sorted.map(({ predicted }) => predicted.join(' '))).toEqual(['O O', 'B-DNA O']);
  });
});

describe('scoreText', () => {
  it('gives accuracy with its binomial error, and correlations as numbers', () => {
    expect(scoreText('accuracy', 0.8, 500)).toEqual({ score: '80.0 %', error: ' ± 1.8' });
    expect(scoreText('matthews', 0.4321, 500)).toEqual({ score: '0.432', error: '' });
  });
});
