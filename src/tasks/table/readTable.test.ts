import { describe, expect, it } from 'vitest';
import { fileOf, parquetOf } from '../../testing/tableFiles';
import { readTable } from './readTable';
import { placeOf, preview } from './table';

const read = (name: string, content: string) => readTable(fileOf(name, content));

describe('readTable', () => {
  it('reads CSV with quoted commas, marks and line ends, and knows the line of each row', async () => {
    const table = await read('a.csv', '\uFEFFtext,label\r\n"one, ""two""\r\nthree",1\r\n\r\nfour,0\r\n');
    expect(table.columns).toEqual(['text', 'label']);
    expect(table.rows).toEqual([
      ['one, "two"\nthree', '1'],
      ['four', '0'],
    ]);
    expect([placeOf(table, 0), placeOf(table, 1)]).toEqual(['line 2', 'line 5']);
  });

  it('reads semicolons and tabs in a file that ends in .csv', async () => {
    expect((await read('a.csv', 'text;label\na, b;1\n')).rows).toEqual([['a, b', '1']]);
    expect((await read('a.csv', 'text\tlabel\na "b\t1\n')).rows).toEqual([['a "b', '1']]);
    expect((await read('a.csv', '"a;b",c\n1,2\n')).columns).toEqual(['a;b', 'c']);
  });

  it('takes quotation marks in TSV as they stand, unless the rows are even only with them', async () => {
    const plain = await read('a.tsv', 'text\tlabel\n"so" he said\t1\n"\t0\n');
    expect(plain.rows.map(([text]) => text)).toEqual(['"so" he said', '"']);
    expect(plain.notes).toEqual([]);
    const quoted = await read('a.tsv', 'text\tlabel\n"a\tb"\t1\n"c\nd"\t0\n');
    expect(quoted.rows).toEqual([
      ['a\tb', '1'],
      ['c\nd', '0'],
    ]);
    expect(quoted.notes).toEqual(['Quotation marks were taken to enclose cells.']);
  });

  it('names columns that have no name or one of another', async () => {
    const table = await read('a.csv', 'label,,label\na,b,c\n');
    expect(table.columns).toEqual(['label', 'column 2', 'label (2)']);
    expect(table.notes).toEqual(['There are several columns "label"; column 3 is called "label (2)".']);
  });

  it('reads JSON lines and JSON, one column per key', async () => {
    const lines = await read('a.jsonl', '{"text": "a", "label": 1}\n\n{"label": 0, "more": ["x", "y"]}\n');
    expect(lines.columns).toEqual(['text', 'label', 'more']);
    expect(lines.rows).toEqual([
      ['a', 1, null],
      [null, 0, ['x', 'y']],
    ]);
    expect(placeOf(lines, 1)).toBe('line 3');
    const json = await read('a.json', '[{"text": "a"},\n{"text": "b"}]');
    expect([json.rowCount, placeOf(json, 1)]).toEqual([2, 'row 2']);
    expect((await read('a.json', '{"version": 1, "data": [{"text": "a"}]}')).rows).toEqual([['a']]);
    expect((await read('a.json', '{"text": "a"}\n{"text": "b"}\n')).rowCount).toBe(2);
    expect((await read('a.txt', '[{"text": "a"}]')).rowCount).toBe(1);
  });

  it('reads Parquet: 64-bit integers, lists, and the names of classes', async () => {
    const table = await readTable(
      parquetOf(
        'a.parquet',
        {
          sentence: ['a', 'b "q"'],
          label: [1n, -1n],
          tokens: [['x', 'y'], ['z']],
          ner_tags: [[0n, 1n], [2n]],
        },
        { label: { names: ['no', 'yes'], _type: 'ClassLabel' }, ner_tags: [{ names: ['O', 'B-x', 'I-x'] }] },
      ),
    );
    expect(table.columns).toEqual(['sentence', 'label', 'tokens', 'ner_tags']);
    expect(table.rows).toEqual([
      ['a', 1, ['x', 'y'], [0, 1]],
      ['b "q"', -1, ['z'], [2]],
    ]);
    expect(table.classNames).toEqual({ label: ['no', 'yes'], ner_tags: ['O', 'B-x', 'I-x'] });
    expect(placeOf(table, 1)).toBe('row 2');
    const named = { ...parquetOf('x', { a: ['b'] }), name: 'download' };
    expect((await readTable(named)).rows).toEqual([['b']]);
  });

  it.each([
    ['a.csv', ' \n', 'a.csv is empty'],
    ['a.csv', 'text,label\n', 'a.csv has a header but no rows'],
    [
      'a.csv',
      'text,label\na,1\nb, c,0\n',
      'a.csv, line 3: found 3 comma-separated cells instead of 2 (text, label)',
    ],
    ['a.csv', 'text,label\n"a\nb",1\nc\n', 'a.csv, line 4: found 1 comma-separated cell instead of 2'],
    [
      'a.csv',
      'text,label\na,1\n"b,0\n',
      'a.csv, line 3: a quotation mark opens a cell and nothing closes it',
    ],
    ['a.tsv', 'text\tlabel\na\t1\n"b\n', 'a.tsv, line 3: found 1 tab-separated cell instead of 2'],
    ['a.jsonl', '{"a": 1}\n{"a": \n', 'a.jsonl, line 2: is not JSON'],
    ['a.jsonl', '{"a": 1}\n[1]\n', 'a.jsonl, line 2: is no JSON object like'],
    ['a.json', '[{"a": 1}', 'a.json is not whole JSON'],
    ['a.json', '[1, 2]', 'a.json is no list of objects'],
    ['a.json', '[]', 'a.json holds no rows'],
    ['a.parquet', 'text,label\na,1\n', 'a.parquet is no Parquet file (it does not start with PAR1)'],
  ])('%s %j: one sentence says what is wrong', async (name, content, message) => {
    await expect(read(name, content)).rejects.toThrow(message);
  });

  it('says when Parquet is cut off, and when text is not UTF-8', async () => {
    const whole = parquetOf('a.parquet', { text: ['a'] });
    const cut = { name: 'a.parquet', bytes: whole.bytes.slice(0, whole.bytes.byteLength - 9) };
    await expect(readTable(cut)).rejects.toThrow('a.parquet cannot be read as Parquet (');
    const latin = { name: 'a.csv', bytes: new Uint8Array([0x61, 0xe9, 0x0a]).buffer };
    await expect(readTable(latin)).rejects.toThrow('a.csv is not text in UTF-8; save it in that encoding');
  });

  it('shows the first rows as text', async () => {
    const table = await read('a.jsonl', '{"a": ["x", 1], "b": {"c": 2}}\n{"a": null, "b": true}\n{"a": 3}\n');
    expect(preview(table, 2)).toEqual({
      columns: ['a', 'b'],
      rows: [
        ['x 1', '{"c":2}'],
        ['', 'true'],
      ],
      rowCount: 3,
    });
  });
});
