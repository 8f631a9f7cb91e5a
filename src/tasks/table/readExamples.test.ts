import { describe, expect, it } from 'vitest';
import { hasSharedData, readSharedData, sharedData } from '../../testing/sharedData';
import { fileOf, parquetOf } from '../../testing/tableFiles';
import { taskByName } from '../registry';
import { readExamples, readExamplesOfFiles } from './readExamples';

const read = (task: string, name: string, content: string, mapping?: Record<string, string>) =>
  readExamples(taskByName(task), fileOf(name, content), mapping);

describe('readExamples', () => {
  it('reads an original file as such, and says so', async () => {
    const { examples, notes } = await read('sst2', 'train.tsv', 'sentence\tlabel\n"a\t1\nb\t-1\n');
    expect(examples).toEqual([{ text: '"a', label: 1 }]);
    expect(notes).toEqual([
      'train.tsv was read as an original file of SST-2.',
      '1 row without a label was skipped (line 3).',
    ]);
  });

  it('lets an original file’s own error stand', async () => {
    await expect(read('sst2', 'train.tsv', 'sentence\tlabel\na\t7\n')).rejects.toThrow(
      'train.tsv, line 2: the label is "7", but must be 0 or 1',
    );
    await expect(read('rte', 'test.tsv', 'index\tsentence1\tsentence2\n0\ta\tb\n')).rejects.toThrow(
      'test.tsv is an unlabelled test file',
    );
    await expect(read('e2e', 'testset.csv', 'MR\nname[A]\n')).rejects.toThrow('records without references');
  });

  it('reads anything else as a table by the usual names, and says which columns it took', async () => {
    const { examples, notes } = await read('cola', 'own.csv', 'id,Text,class\n1,"A, b",acceptable\n');
    expect(examples).toEqual([{ text: 'A, b', label: 1 }]);
    expect(notes).toEqual(['own.csv was read as a table (text=Text, label=class).']);
    const file = parquetOf('validation.parquet', { sentence: ['a'], label: [1n], idx: [0n] });
    expect((await readExamples(taskByName('sst2'), file)).notes).toEqual([
      'validation.parquet was read as a table (text=sentence, label=label).',
    ]);
  });

  it('reads own data under GLUE’s header as a table where its labels or marks are its own', async () => {
    const named = await read('sst2', 'own.tsv', 'sentence\tlabel\na\tPositive\n');
    expect(named.examples).toEqual([{ text: 'a', label: 1 }]);
    expect(named.notes[0]).toContain('own.tsv was read as a table');
    const quoted = await read('sst2', 'own.tsv', 'sentence\tlabel\n"a\tb"\t1\n');
    expect(quoted.examples).toEqual([{ text: 'a\tb', label: 1 }]);
  });

  it('takes the columns it is given, from an original file too', async () => {
    const mapping = { text: 'other', label: 'label' };
    const content = 'sentence\tother\tlabel\na\tb\t1\n';
    expect((await read('sst2', 'train.tsv', content, mapping)).examples).toEqual([{ text: 'b', label: 1 }]);
    await expect(read('sst2', 'own.csv', 'a,b\n1,2\n', mapping)).rejects.toThrow(
      'own.csv has no column "other" for text; the columns are a, b.',
    );
  });

  it('joins several files, and names the one in which something was odd', async () => {
    const files = [
      fileOf('a.tsv', 'sentence\tlabel\na\t1\n'),
      fileOf('b.csv', 'sentence,label\nb,0\nc,-1\n'),
    ];
    expect(await readExamplesOfFiles(taskByName('sst2'), files)).toEqual({
      examples: [
        { text: 'a', label: 1 },
        { text: 'b', label: 0 },
      ],
      notes: ['2 files were read and joined.', 'b.csv: 1 row without a label was skipped (line 3).'],
    });
    expect((await readExamplesOfFiles(taskByName('sst2'), files.slice(0, 1))).notes).toEqual([
      'a.tsv was read as an original file of SST-2.',
    ]);
    await expect(readExamplesOfFiles(taskByName('webnlg'), [])).rejects.toThrow(
      'No file was given; choose the XML',
    );
  });

  it('says that a file is no Parquet', async () => {
    await expect(read('sst2', 'train.parquet', '<html>')).rejects.toThrow('train.parquet is no Parquet file');
  });
});

describe.skipIf(!hasSharedData)(`the original files (skipped without ${sharedData})`, () => {
  it.each([
    ['cola', 'glue/CoLA/dev.tsv', 1_043],
    ['sst2', 'glue/SST-2/dev.tsv', 872],
    ['mrpc', 'glue/MRPC/dev.tsv', 408],
    ['qnli', 'glue/QNLI/dev.tsv', 5_463],
    ['rte', 'glue/RTE/dev.tsv', 277],
    ['stsb', 'glue/STS-B/sts-dev.csv', 1_500],
    ['e2e', 'e2e/devset.csv', 547],
    ['e2e', 'e2e/lora_format_valid.txt', 547],
    ['webnlg', 'webnlg2017/test.jsonl', 1_862],
    ['webnlg', 'webnlg2017/xml/dev/1triples/Airport.xml', 37],
    ['bionlp', 'jnlpba/devel_mtl.tsv', 1_739],
  ])('%s knows %s', async (task, path, rows) => {
    const name = path.split('/').at(-1) as string;
    const { examples, notes } = await read(task, name, readSharedData(path));
    expect(notes).toEqual([`${name} was read as an original file of ${taskByName(task).title}.`]);
    expect(examples).toHaveLength(rows);
  });
});
