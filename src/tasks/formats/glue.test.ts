/** GLUE's layouts with made-up rows for every quirk, and the real files where they stand. */
import { describe, expect, it } from 'vitest';
import { hasSharedData, readSharedData, sharedData } from '../../testing/sharedData';
import type { SequenceExample } from '../task';
import { hasGlueLayout, parseGlue } from './glue';
import type { GlueTaskName } from './glueLayouts';

const parse = (task: GlueTaskName, content: string, name = 'train.tsv') => parseGlue(task, content, name);
/** Lines of cells. */
const tsv = (...rows: string[][]) => `${rows.map((row) => row.join('\t')).join('\n')}\n`;

const headers: Record<string, string[]> = {
  mrpc: ['Quality', '#1 ID', '#2 ID', '#1 String', '#2 String'],
  qqp: ['id', 'qid1', 'qid2', 'question1', 'question2', 'is_duplicate'],
  rte: ['index', 'sentence1', 'sentence2', 'label'],
  qnli: ['index', 'question', 'sentence', 'label'],
  stsb: 'index genre filename year old_index source1 source2 sentence1 sentence2 score'.split(' '),
  mnliTrain:
    'index promptID pairID genre sentence1_binary_parse sentence2_binary_parse sentence1_parse sentence2_parse sentence1 sentence2 label1 gold_label'.split(
      ' ',
    ),
  mnliDev:
    'index promptID pairID genre sentence1_binary_parse sentence2_binary_parse sentence1_parse sentence2_parse sentence1 sentence2 label1 label2 label3 label4 label5 gold_label'.split(
      ' ',
    ),
};
const header = (name: string) => headers[name] as string[];

describe('SST-2', () => {
  it('reads sentences and labels, quotation marks and all', () => {
    expect(parse('sst2', "sentence\tlabel\na \"fine film \t1\n`` dull ''\t0\n")).toEqual({
      examples: [
        { text: 'a "fine film ', label: 1 },
        { text: "`` dull ''", label: 0 },
      ],
      notes: [],
    });
  });

  it('tolerates a byte-order mark, CRLF and a missing or a second line end', () => {
    const wanted = [{ text: 'fine', label: 1 }];
    expect(parse('sst2', '\uFEFFsentence\tlabel\r\nfine\t1').examples).toEqual(wanted);
    expect(parse('sst2', 'sentence\tlabel\r\nfine\t1\r\n\r\n').examples).toEqual(wanted);
  });

  it('skips rows without a label or a sentence, and counts them', () => {
    const { examples, notes } = parse('sst2', 'sentence\tlabel\nfine\t1\ndull\t-1\n \t1\nodd\t\nso\t0\n');
    expect(examples.map(({ text }) => text)).toEqual(['fine', 'so']);
    expect(notes).toEqual([
      '2 rows without a label were skipped (first: line 3).',
      '1 row with an empty sentence was skipped (line 4).',
    ]);
  });

  it.each([
    ['', 'train.tsv is empty; choose'],
    ['\n\n', 'train.tsv is empty; choose'],
    ['sentence\tlabel\n', 'train.tsv has a header but no examples'],
    ['index\tsentence\n0\tuneasy mishmash\n', 'train.tsv is an unlabelled test file (its columns are index'],
    [
      'fine\t1\n',
      'train.tsv, line 1: a file of SST-2 starts with the header sentence, label separated by tabs; this one',
    ],
    ['sentence\tlabel\nfine\t1\nno label\n', 'train.tsv, line 3: found 1 tab-separated column instead of 2'],
    [
      'sentence\tlabel\na\tb\t1\n',
      'train.tsv, line 2: found 3 tab-separated columns instead of 2 (sentence, label)',
    ],
    ['sentence\tlabel\nfine\t1\n\ndull\t0\n', 'train.tsv, line 3: found 1 tab-separated column'],
    ['sentence\tlabel\nfine\t2\n', 'train.tsv, line 2: the label is "2", but must be 0 or 1'],
    ['sentence\tlabel\nfine\tpositive\n', 'the label is "positive"'],
    [
      'sentence\tlabel\nfine\t-1\n',
      'holds no example that can be used: 1 row without a label was skipped (line 2). Choose',
    ],
  ])('says in one sentence what is wrong with %j', (content, message) => {
    expect(() => parse('sst2', content)).toThrow(message);
  });
});

describe('CoLA', () => {
  it('reads a file without a header, starred or not', () => {
    expect(parse('cola', 'gj04\t1\t\tThey "left.\r\nbc01\t0\t*\tThem left.').examples).toEqual([
      { text: 'They "left.', label: 1 },
      { text: 'Them left.', label: 0 },
    ]);
  });

  it.each([
    ['index\tsentence\n0\tBill whistled.\n', 'dev.tsv is an unlabelled test file'],
    [
      'sentence\tlabel\nfine\t1\n',
      'dev.tsv, line 1: found 2 tab-separated columns instead of 4 (source, label, star, sentence)',
    ],
    ['gj04\t1\t\tfine.\ngj04\tyes\t\tfine.\n', 'dev.tsv, line 2: the label is "yes"'],
  ])('says in one sentence what is wrong with %j', (content, message) => {
    expect(() => parse('cola', content, 'dev.tsv')).toThrow(message);
  });
});

describe('pairs', () => {
  it('reads MRPC with its byte-order mark and its marks', () => {
    const content = `\uFEFF${tsv(header('mrpc'), ['1', '7', '8', 'He said "no', 'No, he said.'], ['0', '9', '10', 'A', 'B'])}`;
    expect(parse('mrpc', content).examples).toEqual([
      { text: 'He said "no', pair: 'No, he said.', label: 1 },
      { text: 'A', pair: 'B', label: 0 },
    ]);
    const test = tsv(['index', ...header('mrpc').slice(1)], ['0', '7', '8', 'A', 'B']);
    expect(() => parse('mrpc', test)).toThrow('unlabelled test file (its columns are index, #1 ID');
  });

  it('skips broken rows of QQP and counts them', () => {
    const content = tsv(
      header('qqp'),
      ['1', '1', '2', 'How so?', 'Why so?', '1'],
      ['2', '3', '4', 'What is'],
      ['this?', 'What is that?', '0'],
      ['3', '5', '6', '', 'Who?', '0'],
      ['4', '7', '8', 'Where?', 'When?', '0'],
    );
    const { examples, notes } = parse('qqp', content);
    expect(examples).toEqual([
      { text: 'How so?', pair: 'Why so?', label: 1 },
      { text: 'Where?', pair: 'When?', label: 0 },
    ]);
    expect(notes).toEqual([
      '2 rows broken off or run together (not of 6 columns) were skipped (first: line 3).',
      '1 row with an empty sentence was skipped (line 5).',
    ]);
    expect(() => parse('qqp', 'id\tquestion1\tquestion2\n0\ta\tb\n', 'test.tsv')).toThrow('unlabelled');
  });

  const mnliRow = (text: string, pair: string, labels: string[]) => [
    ...['0', '1', '1n', 'fiction', '( a )', '( b )', '(ROOT a)', '(ROOT b)'],
    ...[text, pair, ...labels],
  ];

  it('reads MNLI, train and dev, and skips pairs without agreement', () => {
    const train = tsv(
      header('mnliTrain'),
      mnliRow('It rained.', 'It was wet.', ['entailment', 'entailment']),
      mnliRow('It rained.', 'It was dry.', ['contradiction', 'contradiction']),
    );
    expect(parse('mnli', train).examples.map(({ label }) => label)).toEqual([0, 2]);
    const dev = tsv(
      header('mnliDev'),
      mnliRow('A', 'B', ['neutral', 'neutral', 'entailment', 'contradiction', 'entailment', '-']),
      mnliRow('A', 'C', ['neutral', 'neutral', 'neutral', 'neutral', 'entailment', 'neutral']),
    );
    expect(parse('mnli', dev)).toEqual({
      examples: [{ text: 'A', pair: 'C', label: 1 }],
      notes: ['1 row without a label was skipped (line 2).'],
    });
    const test = tsv(header('mnliTrain').slice(0, 10), mnliRow('A', 'B', []));
    expect(() => parse('mnli', test, 'test_matched.tsv')).toThrow('test_matched.tsv is an unlabelled');
    const wrong = tsv(header('mnliTrain'), mnliRow('A', 'B', ['neutral', 'maybe']));
    expect(() => parse('mnli', wrong)).toThrow(
      'line 2: the label is "maybe", but must be entailment, neutral or contradiction',
    );
  });

  it.each(['qnli', 'rte'] as const)('reads %s with its label names', (task) => {
    const content = tsv(header(task), ['0', 'A?', 'B.', 'not_entailment'], ['1', 'C', 'D', 'entailment']);
    expect(parse(task, content).examples).toEqual([
      { text: 'A?', pair: 'B.', label: 1 },
      { text: 'C', pair: 'D', label: 0 },
    ]);
    expect(() => parse(task, tsv(header(task).slice(0, 3), ['0', 'A?', 'B.']))).toThrow('unlabelled');
    expect(() => parse(task, tsv(header(task), ['0', 'A?', 'B.', '1']))).toThrow(
      'the label is "1", but must be entailment or not_entailment',
    );
  });

  it("reads STS-B in GLUE's layout and in the benchmark's own", () => {
    const glue = tsv(header('stsb'), ['0', 'g', 'f', '2012', '1', 's', 's', 'A', 'B', '4.750']);
    expect(parse('stsb', glue).examples).toEqual([{ text: 'A', pair: 'B', label: 4.75 }]);
    const own = tsv(
      ['g', 'f', '2012', '1', '5.000', 'A "', 'B'],
      ['g', 'f', '2012', '2', '0', 'C', 'D', 'licence', 'source'],
    );
    expect(parse('stsb', own, 'sts-train.csv').examples).toEqual([
      { text: 'A "', pair: 'B', label: 5 },
      { text: 'C', pair: 'D', label: 0 },
    ]);
    expect(() => parse('stsb', tsv(header('stsb').slice(0, 9), Array(9).fill('x')))).toThrow('unlabelled');
    expect(() => parse('stsb', own.replace('5.000', '5.5'))).toThrow(
      'line 1: the label is "5.5", but must be a score from 0 to 5',
    );
    expect(() => parse('stsb', own.replace('\t0\t', '\thigh\t'))).toThrow('line 2: the label is "high"');
    expect(() => parse('stsb', 'a\tb\n')).toThrow(
      'or has no header and the columns genre, filename, year, old_index, score, sentence1, sentence2',
    );
  });

  it('knows its files by their first line', () => {
    expect(hasGlueLayout('sst2', 'sentence\tlabel\n')).toBe(true);
    expect(hasGlueLayout('sst2', 'index\tsentence\n')).toBe(true);
    expect(hasGlueLayout('sst2', 'sentence,label\n')).toBe(false);
    expect(hasGlueLayout('cola', 'gj04\t1\t\tfine.\n')).toBe(true);
    expect(hasGlueLayout('cola', 'sentence\tlabel\n')).toBe(false);
    expect(hasGlueLayout('rte', '')).toBe(false);
  });
});

describe.skipIf(!hasSharedData)(`the original files (skipped without ${sharedData})`, () => {
  it.each([
    ['sst2', 'SST-2/train.tsv', 67_349, undefined],
    ['sst2', 'SST-2/dev.tsv', 872, 444],
    ['cola', 'CoLA/train.tsv', 8_551, 6_023],
    ['cola', 'CoLA/dev.tsv', 1_043, undefined],
    ['mrpc', 'MRPC/train.tsv', 3_668, 2_474],
    ['mrpc', 'MRPC/dev.tsv', 408, 279],
    ['mrpc', 'MRPC/test.tsv', 1_725, 1_147],
    ['rte', 'RTE/train.tsv', 2_490, undefined],
    ['rte', 'RTE/dev.tsv', 277, 131],
    ['qnli', 'QNLI/dev.tsv', 5_463, undefined],
    ['stsb', 'STS-B/sts-train.csv', 5_749, undefined],
    ['stsb', 'STS-B/sts-dev.csv', 1_500, undefined],
    ['stsb', 'STS-B/sts-test.csv', 1_379, undefined],
  ] as const)('%s reads %s whole', (task, name, rows, positive) => {
    const content = readSharedData(`glue/${name}`);
    expect(hasGlueLayout(task, content)).toBe(true);
    const { examples, notes } = parseGlue(task, content, name);
    expect(examples).toHaveLength(rows);
    expect(notes).toEqual([]);
    const pairs = examples.filter((example: SequenceExample) => example.pair !== undefined).length;
    expect(pairs).toBe(task === 'sst2' || task === 'cola' ? 0 : rows);
    if (positive !== undefined) expect(examples.filter(({ label }) => label === 1)).toHaveLength(positive);
  });

  it("refuses RTE's unlabelled test file", () => {
    const content = readSharedData('glue/RTE/test.tsv');
    expect(() => parseGlue('rte', content, 'test.tsv')).toThrow('test.tsv is an unlabelled test file');
  });
});
