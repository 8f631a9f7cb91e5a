/** What an experiment's fields ask for, and which files are train and dev. */
import { describe, expect, it } from 'vitest';
import { datasetRequestOf, modelRequestOf, trainAndDevOf } from './experimentFiles';

const glue = { task: 'mnli', repository: 'nyu-mll/glue', revision: 'main', trainFile: '', devFile: '' };
const file = (name: string, split?: string) => ({ name, split, blob: new Blob(), check: 'size' as const });

describe('an experiment on the Hub', () => {
  it('asks for a model, a configuration of GLUE, or files by path', () => {
    expect(modelRequestOf({ name: 'gpt2', revision: 'main' })).toEqual({
      kind: 'model',
      repo: 'gpt2',
      revision: 'main',
    });
    expect(datasetRequestOf(glue)).toMatchObject({ repo: 'nyu-mll/glue', config: 'mnli' });
    expect(datasetRequestOf({ ...glue, repository: 'me/own' }).config).toBeUndefined();
    const named = datasetRequestOf({ ...glue, trainFile: 'a.csv', devFile: 'b.csv' });
    expect(named).toMatchObject({ paths: ['a.csv', 'b.csv'] });
    expect(named.config).toBeUndefined();
  });

  it('takes train and dev by split or by path', () => {
    const files = [
      file('0', 'train'),
      file('1', 'train'),
      file('2', 'validation_mismatched'),
      file('3', 'validation_matched'),
    ];
    const names = ({ train, dev }: ReturnType<typeof trainAndDevOf>) =>
      [train, dev].map((list) => list.map(({ name }) => name));
    expect(names(trainAndDevOf({ repo: 'x/y', files }, glue))).toEqual([['0', '1'], ['3']]);
    expect(names(trainAndDevOf({ repo: 'x/y', files }, { trainFile: '3', devFile: '0' }))).toEqual([
      ['3'],
      ['0'],
    ]);
    expect(() => trainAndDevOf({ repo: 'x/y', files: files.slice(0, 2) }, glue)).toThrow(
      'x/y gives no dev file: name its files by their paths; there is train.',
    );
    const onlyTrain = { ...glue, evaluateOn: 'validation' } as const;
    expect(names(trainAndDevOf({ repo: 'x/y', files: files.slice(0, 2) }, onlyTrain))).toEqual([
      ['0', '1'],
      [],
    ]);
    expect(() => trainAndDevOf({ repo: 'x/y', files }, { trainFile: '', devFile: '0' })).toThrow(
      'gives no train file: name both by their paths',
    );
  });
});
