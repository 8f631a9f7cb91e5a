/** SST-2 and CoLA share their quirks and so their tests; the real files are read where they stand. */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseCola } from './cola';
import { parseSst2 } from './sst2';

describe('parseSst2', () => {
  const parse = (content: string) => parseSst2(content, 'train.tsv');

  it('reads sentences and labels, quotation marks and all', () => {
    expect(parse("sentence\tlabel\na \"fine film \t1\n`` dull ''\t0\n")).toEqual({
      examples: [
        { text: 'a "fine film ', label: 1 },
        { text: "`` dull ''", label: 0 },
      ],
      notes: [],
    });
  });

  it('tolerates a byte-order mark, CRLF and a missing or a second line end', () => {
    const wanted = [{ text: 'fine', label: 1 }];
    expect(parse('\uFEFFsentence\tlabel\r\nfine\t1').examples).toEqual(wanted);
    expect(parse('sentence\tlabel\r\nfine\t1\r\n\r\n').examples).toEqual(wanted);
  });

  it.each([
    ['', 'train.tsv is empty; choose'],
    ['\n\n', 'train.tsv is empty; choose'],
    ['sentence\tlabel\n', 'train.tsv has a header but no examples'],
    ['index\tsentence\n0\tuneasy mishmash\n', 'train.tsv is an unlabelled test file'],
    ['fine\t1\n', 'train.tsv, line 1: an SST-2 file starts with the header'],
    ['sentence\tlabel\nfine\t1\nno label\n', 'train.tsv, line 3: found 1 tab-separated column instead of 2'],
    [
      'sentence\tlabel\na\tb\t1\n',
      'train.tsv, line 2: found 3 tab-separated columns instead of 2 (sentence, label)',
    ],
    ['sentence\tlabel\nfine\t1\n\ndull\t0\n', 'train.tsv, line 3: found 1 tab-separated column'],
    ['sentence\tlabel\nfine\t2\n', 'train.tsv, line 2: the label is "2", but must be 0 or 1'],
    ['sentence\tlabel\nfine\tpositive\n', 'the label is "positive"'],
    ['sentence\tlabel\n \t1\n', 'train.tsv, line 2: the sentence is empty'],
  ])('says in one sentence what is wrong with %j', (content, message) => {
    expect(() => parse(content)).toThrow(message);
  });
});

describe('parseCola', () => {
  const parse = (content: string) => parseCola(content, 'dev.tsv');

  it('reads a file without a header, starred or not', () => {
    expect(parse('gj04\t1\t\tThey "left.\r\nbc01\t0\t*\tThem left.').examples).toEqual([
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
    ['gj04\t1\t\t\n', 'dev.tsv, line 1: the sentence is empty'],
  ])('says in one sentence what is wrong with %j', (content, message) => {
    expect(() => parse(content)).toThrow(message);
  });
});

describe('the original files', () => {
  const folder = '/work/shared/data/glue';
  it.skipIf(!existsSync(folder)).each([
    ['SST-2/train.tsv', parseSst2, 67_349],
    ['SST-2/dev.tsv', parseSst2, 872],
    ['CoLA/train.tsv', parseCola, 8_551],
    ['CoLA/dev.tsv', parseCola, 1_043],
  ] as const)(`%s reads whole (skipped without ${folder})`, (name, parse, rows) => {
    const { examples, notes } = parse(readFileSync(`${folder}/${name}`, 'utf8'), name);
    expect(examples).toHaveLength(rows);
    expect(notes).toEqual([]);
    const positive = examples.filter((example) => example.label === 1).length;
    if (name === 'SST-2/dev.tsv') expect(positive).toBe(444);
    if (name === 'CoLA/train.tsv') expect(positive).toBe(6_023);
  });
});
