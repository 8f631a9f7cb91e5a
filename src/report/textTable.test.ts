/** A table of texts in three formats. */
import { expect, it } from 'vitest';
import { type TextTable, textCsv, textLatex, textMarkdown } from './textTable';

const table: TextTable = {
  name: 'lora-confusion',
  caption: 'LoRA: 50 % right',
  head: ['true / said', 'not_good', 'so, so'],
  rows: [
    ['not_good', '3', '1'],
    ['so, so', '0', '4'],
  ],
};

it('is Markdown, LaTeX and CSV, each with its own signs escaped', () => {
  expect(textMarkdown(table)).toBe(
    [
      'LoRA: 50 % right',
      '',
      '| true / said | not\\_good | so, so |',
      '| --- | ---: | ---: |',
      '| not\\_good | 3 | 1 |',
      '| so, so | 0 | 4 |',
      '',
    ].join('\n'),
  );
  expect(textLatex(table)).toContain('\\begin{tabular}{lrr}');
  expect(textLatex(table)).toContain('true / said & not\\_good & so, so \\\\');
  expect(textLatex(table)).toContain('\\caption{LoRA: 50 \\% right}');
  // A list of notes without a note is an error of LaTeX.
  expect(textLatex(table)).not.toContain('tablenotes');
  expect(textCsv(table)).toBe('true / said,not_good,"so, so"\nnot_good,3,1\n"so, so",0,4\n');
});
