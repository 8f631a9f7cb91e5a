/** What the page says of own data before it is trained on. */
import { expect, it } from 'vitest';
import { checkData } from './readDataCheck';

const file = (name: string, content: string) => ({ name, blob: new Blob([content]) });

it('reads the parts of a set as one, and counts the dev examples that train has', async () => {
  const train = [file('a.csv', 'text,label\nx,1\ny,2\n'), file('b.csv', 'label,text\n3,z\n')];
  const dev = [file('dev.csv', 'text,label\nz,1\nw,3\n')];
  const answer = await checkData({ task: 'own', columns: '', train, dev });
  expect(answer.labels).toEqual(['1', '2', '3']);
  expect(answer.train).toMatchObject({ examples: 3, notes: ['2 files were read and joined.'] });
  expect(answer.dev?.notes).toEqual([
    'dev.csv was read as a table (text=text, label=label).',
    '1 of 2 dev examples stand in train too.',
  ]);
  const asSst2 = await checkData({
    task: 'sst2',
    columns: '',
    train: [file('t.csv', 'text,label\nx,1\n')],
    dev,
  });
  expect(asSst2.dev?.error).toContain('dev.csv, line 3');
  expect(asSst2.labels).toBeUndefined();
});
