/** Tagged tokens in the three schemes: made-up sentences, and JNLPBA's real files where they stand. */
import { describe, expect, it } from 'vitest';
import { hasSharedData, readSharedData, sharedData } from '../../testing/sharedData';
import { bionlpTask } from '../bionlp';
import { hasIobLayout, parseIob } from './iob';

const parse = (content: string) => parseIob(content, 'train.iob2', bionlpTask.labels);
const tagsOf = (content: string) => parse(content).examples.map(({ tags }) => tags.join(' '));

describe('parseIob', () => {
  it('reads sentences between empty lines, past the marks of documents', () => {
    const content =
      '\uFEFF###MEDLINE:1\r\n\r\nThe\tO\r\nIL-2\tB-DNA\r\ngene\tI-DNA\r\n\r\n-DOCSTART-\tO\n\n\nT\tB-cell_type\ncells\tI-cell_type';
    expect(parse(content)).toEqual({
      examples: [
        { words: ['The', 'IL-2', 'gene'], tags: ['O', 'B-DNA', 'I-DNA'] },
        { words: ['T', 'cells'], tags: ['B-cell_type', 'I-cell_type'] },
      ],
      notes: [],
    });
  });

  it("takes the first and last column of CoNLL's files", () => {
    expect(tagsOf('T NN x B-DNA\nis VB x O\n')).toEqual(['B-DNA O']);
  });

  it('brings IOB1 and IOBES to IOB2, and says so', () => {
    const iob1 = 'a\tI-DNA\nb\tI-DNA\nc\tB-DNA\nd\tI-RNA\ne\tO\n\nf\tI-RNA\n';
    expect(tagsOf(iob1)).toEqual(['B-DNA I-DNA B-DNA B-RNA O', 'B-RNA']);
    expect(parse(iob1).notes).toEqual(['The tags are IOB1 and were brought to IOB2.']);
    const iobes = 'a\tB-DNA\nb\tI-DNA\nc\tE-DNA\nd\tS-RNA\ne\tO\n';
    expect(tagsOf(iobes)).toEqual(['B-DNA I-DNA I-DNA B-RNA O']);
    expect(parse(iobes).notes).toEqual(['The tags are IOBES and were brought to IOB2.']);
  });

  it('leaves the odd I- that opens an entity in a file that is otherwise IOB2, and counts it', () => {
    const content = 'a\tB-DNA\nb\tO\nc\tI-DNA\n\nd\tB-RNA\ne\tI-DNA\n';
    expect(tagsOf(content)).toEqual(['B-DNA O I-DNA', 'B-RNA I-DNA']);
    expect(parse(content).notes).toEqual([
      '2 entities open with I- instead of B- (first: line 3); they are left as they stand.',
    ]);
  });

  it.each([
    ['\n\n', 'train.iob2 is empty'],
    ['a\tO\nb\n', 'train.iob2, line 2: found "b" instead of a word, a tab and a tag'],
    ['a\tO\n\tO\n', 'line 2: found "\\tO" instead of a word'],
    ['a\tO\nb\tprotein\n', 'line 2: the tag is "protein", but must be one of O, B-DNA, I-DNA'],
    ['###MEDLINE:1\n\na\tO\nb\tB-Gene\n', 'train.iob2, line 4: the tag is "B-Gene", but must be one of O'],
  ])('says in one sentence what is wrong with %j', (content, message) => {
    expect(() => parse(content)).toThrow(message);
  });

  it('knows its files by their first token', () => {
    expect(hasIobLayout('###MEDLINE:1\n\nThe\tO\n')).toBe(true);
    expect(hasIobLayout('The DT O\n')).toBe(true);
    expect(hasIobLayout('tokens\ttags\n')).toBe(false);
    expect(hasIobLayout('')).toBe(false);
  });
});

describe.skipIf(!hasSharedData)(`the original files (skipped without ${sharedData})`, () => {
  it.each([
    ['test_official.iob2', 3_856, 101_039, 8_662, 0],
    ['devel_official.iob2', 1_739, 47_461, 4_551, 0],
    ['devel_mtl.tsv', 1_739, 47_461, 4_551, 0],
    ['train_rebuilt.iob2', 18_544, 492_463, 51_291, 1],
    ['train_rebuilt_minus_devel.iob2', 16_805, 444_975, 46_740, 1],
  ])('%s reads whole', (name, sentences, tokens, entities, notes) => {
    const content = readSharedData(`jnlpba/${name}`);
    expect(hasIobLayout(content)).toBe(true);
    const read = parse(content);
    expect(read.examples).toHaveLength(sentences);
    expect(read.examples.reduce((sum, { words }) => sum + words.length, 0)).toBe(tokens);
    const begins = read.examples.flatMap(({ tags }) => tags).filter((tag) => tag.startsWith('B-'));
    expect(begins).toHaveLength(entities);
    // Two names of the rebuilt training set open with I-.
    expect(read.notes).toHaveLength(notes);
  });
});
