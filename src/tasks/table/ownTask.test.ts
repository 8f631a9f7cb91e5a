import { describe, expect, it } from 'vitest';
import { fileOf, parquetOf } from '../../testing/tableFiles';
import { labelsOfColumn, maximumOwnLabels, ownTask, readOwnData } from './ownTask';
import { readTable } from './readTable';

const csv = (content: string, name = 'train.csv') => fileOf(name, content);

describe('readOwnData', () => {
  it('takes the labels from the train file and reads both by one mapping', async () => {
    const { task, train, dev } = await readOwnData({
      train: [csv('review,stars\ngood,5\nbad,1\nso,3\nx,\n')],
      dev: [csv('review,stars\nfine,5\n', 'dev.csv')],
    });
    expect(task.labels).toEqual(['1', '3', '5']);
    expect(train.examples.map(({ label }) => label)).toEqual([2, 0, 1]);
    expect(dev.examples).toEqual([{ text: 'fine', label: 2 }]);
    expect(train.notes).toEqual([
      'train.csv was read as a table (text=review, label=stars).',
      '1 row without a label was skipped (line 5).',
    ]);
    expect((await task.score([0, 1, 2], [0, 1, 1])).values.accuracy).toBeCloseTo(2 / 3, 12);
  });

  it('reads the parts of a set as one, with the labels of all', async () => {
    const shards = [csv('text,label\na,x\nb,y\n', '0.csv'), csv('label,text\nz,c\nx,d\n,e\n', '1.csv')];
    const { task, train, dev } = await readOwnData({ train: shards, dev: [] });
    expect(task.labels).toEqual(['x', 'y', 'z']);
    expect(train.examples.map(({ text, label }) => `${text}${label}`)).toEqual(['a0', 'b1', 'c2', 'd0']);
    expect(train.notes).toEqual([
      '2 files were read and joined.',
      '1.csv: 1 row without a label was skipped (line 4).',
    ]);
    expect(dev).toEqual({ examples: [], notes: [] });
    const others = [...shards, csv('text,class\na,x\n', '2.csv')];
    await expect(readOwnData({ train: others, dev: [] })).rejects.toThrow('2.csv has no column "label"');
  });

  it('takes −1 for a class among one’s own labels, and for none among a data set’s', async () => {
    const own = await readOwnData({
      train: [csv('text,label\na,-1\nb,0\nc,1\n')],
      dev: [csv('text,label\nd,-1\n', 'dev.csv')],
    });
    expect(own.task.labels).toEqual(['-1', '0', '1']);
    expect(own.dev.examples).toEqual([{ text: 'd', label: 0 }]);
    const names = ['World', 'Sports'];
    const file = parquetOf('a.parquet', { text: ['a', 'b'], label: [1n, -1n] }, { label: { names } });
    const { task, train } = await readOwnData({ train: [file], dev: [file] });
    expect(task.labels).toEqual(names);
    expect(train.examples).toEqual([{ text: 'a', label: 1 }]);
  });

  it('takes a number for an index where the file names its classes, though the names are numbers', async () => {
    const stars = (names: string[], label: bigint[]) =>
      parquetOf('a.parquet', { text: label.map((_, i) => `t${i}`), label }, { label: { names } });
    const classes = async (file: ReturnType<typeof stars>) =>
      (await readOwnData({ train: [file], dev: [file] })).train.examples.map(({ label }) => label);
    expect(await classes(stars(['1', '2', '3'], [0n, 1n, 2n]))).toEqual([0, 1, 2]);
    expect(await classes(stars(['-1', '0', '1'], [0n, 2n, 1n]))).toEqual([0, 2, 1]);
  });

  it('never takes a label for an index, nor one name for another', async () => {
    const numbers = {
      train: [csv('text,label\na,1\nb,2\nc,4\nd,5\n')],
      dev: [csv('text,label\ne,3\n', 'dev.csv')],
    };
    await expect(readOwnData(numbers)).rejects.toThrow(
      'the label (column label) is "3", but must be one of 1, 2, 4, 5;',
    );
    const cases = {
      train: [csv('text,label\na,A\nb,a\n')],
      dev: [csv('text,label\nc,a\nd,A\n', 'dev.csv')],
    };
    const { task, train, dev } = await readOwnData(cases);
    expect(task.labels).toEqual(['A', 'a']);
    expect([...train.examples, ...dev.examples].map(({ label }) => label)).toEqual([0, 1, 1, 0]);
  });

  it.each([
    ['a,b\n1,2\n', undefined, 'train.csv: which column holds the text?'],
    ['a,b\n1,2\n', { text: 'a', label: 'c' }, 'train.csv has no column "c" for label'],
    ['text,label\na,x\nb,x\n', undefined, 'holds one label only (x); a classification needs two or more'],
    ['text,label\na,\n', undefined, 'column "label" holds no label'],
  ])('says in one sentence what is wrong with %j', async (content, mapping, message) => {
    await expect(readOwnData({ train: [csv(content)], dev: [csv(content)] }, mapping)).rejects.toThrow(
      message,
    );
  });

  it('refuses a dev label that train does not have', async () => {
    const files = {
      train: [csv('text,label\na,x\nb,y\n')],
      dev: [csv('text,label\na,z\n', 'dev.csv')],
    };
    await expect(readOwnData(files)).rejects.toThrow(
      'dev.csv, line 2: the label (column label) is "z", but must be one of x, y',
    );
  });
});

it('takes class names for what they are, refuses a column of too many labels, and has no data of its own', async () => {
  const rows = Array.from({ length: maximumOwnLabels + 1 }, (_, i) => `a,l${i}`).join('\n');
  const table = await readTable(csv(`text,label\n${rows}\n`));
  expect(() => labelsOfColumn([table], 'label')).toThrow('more than 100 different labels');
  // Indices of class names are no labels, whichever file has the names.
  const texts = await readTable(csv('text,label\na,World\nb,Sports\n'));
  const indices = {
    ...(await readTable(csv('text,label\na,0\nb,1\n'))),
    classNames: { label: ['World', 'Sports'] },
  };
  expect(labelsOfColumn([texts, indices], 'label')).toEqual(['Sports', 'World']);
  expect(labelsOfColumn([indices, indices], 'label')).toEqual(['World', 'Sports']);
  await expect(ownTask(['a', 'b']).generate('train')).rejects.toThrow('has no data of its own');
  const { examples } = await ownTask(['a', 'b']).parse('text,label\nx,B\n', 'a.csv');
  expect(examples).toEqual([{ text: 'x', label: 1 }]);
});
