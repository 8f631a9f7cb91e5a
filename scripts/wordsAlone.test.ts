/** The column of docs/results.md, one task of each kind. */
import { expect, it } from 'vitest';
import { taskByName } from '../src/tasks/registry';
import { wordsAloneScore } from './wordsAlone';

it.each([
  ['rte', 0.571],
  ['stsb', 0.64],
  ['bionlp', 0.336],
  ['webnlg', 0.21],
])('%s scores %f by its words alone', async (name, score) => {
  expect(await wordsAloneScore(taskByName(name))).toBeCloseTo(score, name === 'stsb' ? 2 : 3);
});
