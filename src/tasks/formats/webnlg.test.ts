/** WebNLG's XML, JSON lines and LoRA's JSON: made-up entries, and the real files where they stand. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hasSharedData, readSharedData, sharedData } from '../../testing/sharedData';
import type { GenerationExample } from '../task';
import { hasWebnlgLayout, parseWebnlg } from './webnlg';
import { splitTriple } from './webnlgTriples';

const entry = (triples: string[], lex: string, eid = 'Id1') => `
  <entry category="Food" eid="${eid}" size="${triples.length}">
    <originaltripleset><otriple>x | y | z</otriple></originaltripleset>
    <modifiedtripleset>${triples.map((triple) => `<mtriple>${triple}</mtriple>`).join('')}</modifiedtripleset>
    ${lex}
  </entry>`;
const benchmark = (...entries: string[]) =>
  `<?xml version="1.0" ?>\n<benchmark><entries>${entries.join('')}</entries></benchmark>\n`;
const parse = (content: string) => parseWebnlg(content, 'Food.xml');

describe('parseWebnlg', () => {
  it('reads the modified triples and every text, in both layouts of <lex>', async () => {
    const content = benchmark(
      entry(
        ['Soup | country | Oz', 'Soup | weight | &quot;2.0&quot; (kg)'],
        '<lex comment="good" lid="Id1"><text>Soup &amp; Oz\n  are one.</text><template>T</template></lex><lex comment="bad" lid="Id2"><text/></lex>',
      ),
      entry(['2.0 | is | 3'], '<lex comment="good" lid="Id1">Two is three.</lex>', 'Id2'),
      entry(['a | b | c'], '<lex comment="toFix" lid="Id1"><text></text></lex>', 'Id3'),
    );
    expect(await parse(content)).toEqual({
      examples: [
        { source: 'Soup : country : Oz | Soup : weight : "2.0" (kg)', references: ['Soup & Oz are one.'] },
        { source: '2.0 : is : 3', references: ['Two is three.'] },
      ],
      notes: [
        '1 row without any text was skipped (entry Id3 of Food).',
        '1 row with an empty text was skipped (entry Id1 of Food).',
      ],
    });
  });

  it('reads JSON lines', async () => {
    const line = (eid: string) =>
      JSON.stringify({ eid, triples: [['A', 'b', '"c"']], lex: [{ comment: 'good', text: `${eid}.` }] });
    expect((await parse(`${line('x')}\r\n${line('y')}\n`)).examples).toEqual([
      { source: 'A : b : "c"', references: ['x.'] },
      { source: 'A : b : "c"', references: ['y.'] },
    ]);
  });

  it("reads LoRA's JSON", async () => {
    const modifiedtripleset = [{ subject: 'A', property: 'b', object: 'c' }];
    const lexicalisations = [
      { comment: 'good', lex: 'One.' },
      { comment: 'good', lex: 'Two.' },
    ];
    const content = JSON.stringify({ entries: [{ 1: { modifiedtripleset, lexicalisations } }] });
    expect((await parse(content)).examples).toEqual([{ source: 'A : b : c', references: ['One.', 'Two.'] }]);
    await expect(parse('{"entries": [{"1": {"modifiedtripleset": []}}]}')).rejects.toThrow(
      'Food.xml: entry 1 has no "modifiedtripleset"',
    );
    await expect(parse('{"entries": [')).rejects.toThrow('Food.xml is not whole JSON');
  });

  it.each([
    ['', 'Food.xml is empty'],
    ['sentence\tlabel\n', 'Food.xml, line 1: a WebNLG file is XML that starts with <benchmark>, or JSON'],
    ['<benchmark>\n<entries>\n</benchmark>', 'Food.xml, line 3: the XML is broken: Expected closing tag'],
    [benchmark(), 'Food.xml holds no entries'],
    [
      benchmark(entry(['a | b | c'], '')),
      'Food.xml holds entries without texts (it is an unlabelled test file)',
    ],
    [
      benchmark(entry(['a | b'], '<lex>A.</lex>')),
      'Food.xml, entry Id1 of Food: the triple "a | b" is not of the form subject | predicate | object',
    ],
    [benchmark(entry([], '<lex>A.</lex>')), 'Food.xml, entry Id1 of Food: there is no triple'],
    [
      '{"triples": [["a", "b", "c"]], "lex": [{"text": "A."}]}\n{"triples": [["a", "b"]], "lex": []}\n',
      'Food.xml, line 2: is no entry {"triples"',
    ],
    ['{"triples": [["a", "b", "c"]], "lex": []}\n{', 'Food.xml, line 2: is not JSON'],
  ])('says in one sentence what is wrong with %j', async (content, message) => {
    await expect(parse(content)).rejects.toThrow(message);
  });

  it('keeps a bar inside an object, and knows its files by their beginning', () => {
    expect(splitTriple('a | b | c | d')).toEqual(['a', 'b', 'c | d']);
    expect(hasWebnlgLayout(benchmark())).toBe(true);
    expect(hasWebnlgLayout('{"text": "a", "label": 1}\n')).toBe(false);
  });

  it('reads entities by the hundred thousand', async () => {
    const text = '&quot;'.repeat(200_000);
    const { examples } = await parse(benchmark(entry(['a | b | c'], `<lex><text>${text}</text></lex>`)));
    expect(examples[0]?.references[0]).toHaveLength(200_000);
  });
});

describe.skipIf(!hasSharedData)(`the original files (skipped without ${sharedData})`, () => {
  const texts = (examples: readonly GenerationExample[]) => examples.flatMap(({ references }) => references);

  it.each([
    ['train.jsonl', 6_940, 18_102, 0],
    ['dev.jsonl', 872, 2_268, 2],
    ['test.jsonl', 1_862, 4_928, 0],
  ])('%s reads whole', async (name, entries, lex, withoutText) => {
    const { examples, notes } = await parseWebnlg(readSharedData(`webnlg2017/${name}`), name);
    expect(examples.length + withoutText).toBe(entries);
    // The dev set's two entries without any text have three empty ones each.
    expect(texts(examples).length + 3 * withoutText).toBe(lex);
    expect(notes).toHaveLength(withoutText > 0 ? 1 : 0);
  });

  it('the XML of the dev set holds what its JSON lines hold', async () => {
    const folder = join(sharedData, 'webnlg2017/xml/dev');
    const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((n) =>
      n.endsWith('.xml'),
    );
    expect(names).toHaveLength(52);
    const examples: GenerationExample[] = [];
    let skipped = 0;
    for (const name of names) {
      const read = await parseWebnlg(readSharedData(`webnlg2017/xml/dev/${name}`), name);
      examples.push(...read.examples);
      skipped += read.notes.length;
    }
    expect(examples.length + skipped).toBe(872);
    const lines = await parseWebnlg(readSharedData('webnlg2017/dev.jsonl'), 'dev.jsonl');
    const sorted = (list: readonly GenerationExample[]) => list.map((e) => JSON.stringify(e)).sort();
    expect(sorted(examples)).toEqual(sorted(lines.examples));
  });
});
