import { describe, expect, it } from 'vitest';
import { fileOf, parquetOf } from '../../testing/tableFiles';
import { taskByName } from '../registry';
import type { GenerationTask, SequenceTask, TaggingTask } from '../task';
import { examplesFromTable } from './examples';
import { type ColumnMapping, suggestMapping } from './mapping';
import { readTable } from './readTable';
import type { TableFile } from './table';

async function read(taskName: string, file: TableFile, mapping?: ColumnMapping) {
  const task = taskByName(taskName);
  const table = await readTable(file);
  return examplesFromTable(task, table, mapping ?? suggestMapping(task, table.columns));
}
const csv = (content: string) => fileOf('train.csv', content);

it('refuses a word that is empty, since every word needs a token to carry its tag', async () => {
  const file = fileOf('a.jsonl', '{"tokens": ["p53", "", "binds"], "tags": ["B-protein", "O", "O"]}\n');
  await expect(read('bionlp', file)).rejects.toThrow(
    'word 2 (column tokens) is empty; remove it and its tag.',
  );
});

describe('labels', () => {
  it('are indices in Parquet, −1 and nothing being none', async () => {
    const file = parquetOf('rte.parquet', {
      sentence1: ['a', 'b', 'c', 'd'],
      sentence2: ['A', 'B', 'C', ' '],
      label: [1n, 0n, -1n, 1n],
      idx: [0n, 1n, 2n, 3n],
    });
    expect(await read('rte', file)).toEqual({
      examples: [
        { text: 'a', pair: 'A', label: 1 },
        { text: 'b', pair: 'B', label: 0 },
      ],
      notes: ['1 row without a label was skipped (row 3).', '1 row with an empty text was skipped (row 4).'],
    });
  });

  it('follow the names the file gives its indices, where the task knows them', async () => {
    const file = (names: string[]) =>
      parquetOf('mnli.parquet', { premise: ['a'], hypothesis: ['b'], label: [0n] }, { label: { names } });
    const labelOf = async (names: string[]) =>
      (await read('mnli', file(names))).examples.map((example) => 'label' in example && example.label);
    expect(await labelOf(['contradiction', 'neutral', 'entailment'])).toEqual([2]);
    expect(await labelOf(['yes', 'maybe', 'no'])).toEqual([0]);
  });

  it('are names of any case, indices as text, and truth values', async () => {
    const file = csv('text,label\na,Positive\nb,NEGATIVE\nc,1\nd,0.0\ne,True\nf,\n');
    const { examples, notes } = await read('sst2', file);
    expect(examples.map((example) => 'label' in example && example.label)).toEqual([1, 0, 1, 0, 1]);
    expect(notes).toEqual(['1 row without a label was skipped (line 7).']);
    const spaced = csv('sentence1,sentence2,label\na,b,Not Entailment\n');
    expect((await read('rte', spaced)).examples).toEqual([{ text: 'a', pair: 'b', label: 1 }]);
  });

  it('are scores for a regression', async () => {
    const file = parquetOf('stsb.parquet', {
      sentence1: ['a', 'b'],
      sentence2: ['A', 'B'],
      label: [3.8, -1],
    });
    expect((await read('stsb', file)).examples).toEqual([{ text: 'a', pair: 'A', label: 3.8 }]);
    const wrong = csv('sentence1,sentence2,score\na,b,2.5\nc,d,high\n');
    await expect(read('stsb', wrong)).rejects.toThrow(
      'train.csv, line 3: the label (column score) is "high", but must be a number; mend',
    );
  });

  it.each([
    [
      'sst2',
      'text,label\na,1\nb,good\n',
      'train.csv, line 3: the label (column label) is "good", but must be one of negative, positive, or a class index from 0 to 1',
    ],
    ['sst2', 'text,label\na,2\n', 'line 2: the label (column label) is "2"'],
    ['sst2', 'text,score1\na,2\n', 'train.csv: which column holds the label?'],
    ['sst2', 'text,label\n,1\n', 'train.csv holds no example that can be used: 1 row with an empty text was'],
  ])('%s: one sentence says what is wrong with %j', async (task, content, message) => {
    await expect(read(task, csv(content))).rejects.toThrow(message);
  });

  it('must not stand where a list does', async () => {
    const file = fileOf('a.jsonl', '{"text": ["a", "b"], "label": 1}\n');
    await expect(read('sst2', file)).rejects.toThrow(
      'a.jsonl, line 1: the text (column text) is ["a","b"], not a text; choose another column.',
    );
  });
});

describe('tags', () => {
  it('are indices by the names in the file, or by the task’s order', async () => {
    const columns = { tokens: [['IL-2', 'gene'], ['x']], ner_tags: [[1n, 2n], [0n]] };
    const names = ['O', 'B-protein', 'I-protein'];
    const named = await read('bionlp', parquetOf('a.parquet', columns, { ner_tags: { feature: { names } } }));
    expect(named.examples).toEqual([
      { words: ['IL-2', 'gene'], tags: ['B-protein', 'I-protein'] },
      { words: ['x'], tags: ['O'] },
    ]);
    const bare = await read('bionlp', parquetOf('a.parquet', columns));
    expect(bare.examples[0]).toEqual({ words: ['IL-2', 'gene'], tags: ['B-DNA', 'I-DNA'] });
  });

  it('are names in lists, in JSON text or between spaces, in any scheme', async () => {
    const content = [
      '{"tokens": ["a", "b"], "tags": ["S-DNA", "O"]}',
      '{"tokens": "[\\"a\\", \\"b c\\"]", "tags": "B-RNA E-RNA"}',
      '{"tokens": "[ x", "tags": "O O"}',
      '{"tokens": [], "tags": []}',
    ].join('\n');
    expect(await read('bionlp', fileOf('a.jsonl', content))).toEqual({
      examples: [
        { words: ['a', 'b'], tags: ['B-DNA', 'O'] },
        { words: ['a', 'b c'], tags: ['B-RNA', 'I-RNA'] },
        { words: ['[', 'x'], tags: ['O', 'O'] },
      ],
      notes: ['1 row without words was skipped (line 4).', 'The tags are IOBES and were brought to IOB2.'],
    });
  });

  it('stand in lists as Python and NumPy print them', async () => {
    const content = [
      'tokens,ner_tags',
      `"['IL-2', ""5'-UTR"", 'a\\'b', 'c\\\\d']","['B-DNA', 'O', 'O', 'O']"`,
      `"['IL-2' 'gene']","[3, 4]"`,
      `( [1] ),O O O`,
    ].join('\n');
    const { examples } = await read('bionlp', csv(content));
    expect(examples).toEqual([
      { words: ['IL-2', "5'-UTR", "a'b", 'c\\d'], tags: ['B-DNA', 'O', 'O', 'O'] },
      { words: ['IL-2', 'gene'], tags: ['B-RNA', 'I-RNA'] },
      { words: ['(', '[1]', ')'], tags: ['O', 'O', 'O'] },
    ]);
    await expect(read('bionlp', csv(`tokens,tags\na,O\n"['IL-2', 'ge","O O"\n`))).rejects.toThrow(
      `train.csv, line 3: the words (column tokens) begin with "['IL-2', 'ge", a list that cannot be read; write it as JSON.`,
    );
  });

  it('stand beside a word each under a header; empty lines end sentences', async () => {
    const tsv = (rows: string) => fileOf('train.tsv', `word\tpos\ttag\n${rows}`);
    const sentences = [
      { words: ['IL-2', '[1]'], tags: ['B-DNA', 'O'] },
      { words: ['x'], tags: ['O'] },
      { words: ['"', 'y'], tags: ['O', 'O'] },
    ];
    const file = tsv('-DOCSTART-\tX\tO\nIL-2\tNN\tB-DNA\n[1]\tX\tO\n\nx\tNN\tO\n\t\t\n"\t``\tO\ny\tNN\tO\n');
    expect(await read('bionlp', file)).toEqual({
      examples: sentences,
      notes: ['Each row holds one word; empty lines end 3 sentences.'],
    });
    const commas = csv('token,ner_tag\nIL-2,B-DNA\n[1],O\n\nx,O\n\n"""",O\ny,O\n');
    expect((await read('bionlp', commas, { words: 'token', tags: 'ner_tag' })).examples).toEqual(sentences);
    const alone = await read('bionlp', tsv('IL-2\tNN\tB-DNA\nx\tNN\tO\n\n'));
    expect(alone).toEqual({
      examples: [{ words: ['IL-2', 'x'], tags: ['B-DNA', 'O'] }],
      notes: ['Each row holds one word; together they are one sentence.'],
    });
    expect((await read('bionlp', tsv('x\tNN\tO\n'.repeat(200)))).examples).toHaveLength(1);
    await expect(read('bionlp', tsv('x\tNN\tO\n'.repeat(201)))).rejects.toThrow(
      'train.tsv: each row holds one word (column word), and no empty line ends a sentence; put one after',
    );
    await expect(read('bionlp', tsv('a\tNN\tO\n\nb\tNN\tO\n\tNN\tO\n'))).rejects.toThrow(
      'train.tsv, line 5: the word (column word) or its tag (column tag) is empty',
    );
    await expect(read('bionlp', tsv('a\tNN\tO\n\nb\tNN\tB-Gene\n'))).rejects.toThrow(
      'train.tsv, line 4: the tag is "B-Gene"',
    );
  });

  it.each([
    ['{"tokens": ["a", "b"], "tags": ["O"]}', 'line 1: there are 2 words (column tokens) and 1 tags'],
    ['{"tokens": ["a"], "tags": ["B-Gene"]}', 'a.jsonl, line 1: the tag is "B-Gene", but must be one of O'],
    ['{"tokens": ["a"], "tags": [99]}', 'a.jsonl, line 1: the tag is "99"'],
  ])('%s: one sentence says what is wrong', async (content, message) => {
    await expect(read('bionlp', fileOf('a.jsonl', content))).rejects.toThrow(message);
  });
});

describe('records', () => {
  it('of E2E become prompts, grouped; other texts stay', async () => {
    const content =
      'meaning_representation,human_reference\n"name[A], eatType[pub]",One.\nfree text,Two.\n"name[A], eatType[pub]",Three.\nx,\n';
    expect(await read('e2e', csv(content))).toEqual({
      examples: [
        { source: 'name : A | Type : pub', references: ['One.', 'Three.'] },
        { source: 'free text', references: ['Two.'] },
      ],
      notes: ['1 row without a text was skipped (line 5).'],
    });
  });

  it('of GEM have a list of references where there are several, else one target', async () => {
    const content = [
      { gem_id: '1', input: ['a | b | c'], target: 'T.', references: [] },
      { gem_id: '2', input: ['d | e | f'], target: 'U.', references: ['U.', 'V.'], text: 'W.' },
    ];
    const { examples, notes } = await read('webnlg', fileOf('a.json', JSON.stringify(content)));
    expect(examples).toEqual([
      { source: 'a : b : c', references: ['T.'] },
      { source: 'd : e : f', references: ['U.', 'V.'] },
    ]);
    expect(notes).toEqual(['Columns that were not read: text.']);
    const printed = csv(`mr,target,references\nx,T.,"['T.', 'U.']"\ny,V.,[]\n`);
    expect((await read('e2e', printed)).examples).toEqual([
      { source: 'x', references: ['T.', 'U.'] },
      { source: 'y', references: ['V.'] },
    ]);
  });

  it('keep a text in brackets, which is no list of texts', async () => {
    const target = csv(`mr,target\na,[2009]\nb,[]\nc,"[""T."", ""U.""]"\nd,"[{""text"": ""V.""}]"\n`);
    expect((await read('e2e', target)).examples).toEqual([
      { source: 'a', references: ['[2009]'] },
      { source: 'b', references: ['[]'] },
      { source: 'c', references: ['T.', 'U.'] },
      { source: 'd', references: ['V.'] },
    ]);
    expect(await read('e2e', csv('mr,references\na,[]\nb,T.\n'))).toEqual({
      examples: [{ source: 'b', references: ['T.'] }],
      notes: ['1 row without a text was skipped (line 2).'],
    });
  });

  it.each([
    ['a list of texts', '{"input": ["a | b | c", "d | e | f"], "target": "T."}'],
    ['a list of lists', '{"triples": [["a", "b", "c"], ["d", "e", "f"]], "references": ["T."]}'],
    [
      "the Hub's structures",
      '{"modified_triple_sets": {"mtriple_set": [["a | b | c", "d | e | f"]]}, "lex": {"comment": ["good"], "text": ["T."]}}',
    ],
    ['a ready prompt', '{"context": "a : b : c | d : e : f", "completion": "T."}'],
  ])('of WebNLG may be %s', async (_, content) => {
    expect((await read('webnlg', fileOf('a.jsonl', content))).examples).toEqual([
      { source: 'a : b : c | d : e : f', references: ['T.'] },
    ]);
  });
});

it('gives examples of the kind of the task', async () => {
  const table = await readTable(csv('sentence,label\na,1\n'));
  const task = taskByName('sst2') as SequenceTask;
  const { examples } = examplesFromTable(task, table, { text: 'sentence', label: 'label' });
  expect(examples[0]?.label satisfies number | undefined).toBe(1);
  type Tagging = ReturnType<typeof examplesFromTable<TaggingTask>>['examples'][number]['tags'];
  type Generation = ReturnType<typeof examplesFromTable<GenerationTask>>['examples'][number]['references'];
  expect(['O'] satisfies Tagging & Generation).toHaveLength(1);
});
