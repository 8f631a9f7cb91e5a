/** The E2E challenge's CSV and LoRA's lines: made-up rows, and the real files where they stand. */
import { describe, expect, it } from 'vitest';
import { hasSharedData, readSharedData, sharedData } from '../../testing/sharedData';
import { e2ePrompt, hasE2eLayout, parseE2e } from './e2e';

const parse = (content: string) => parseE2e(content, 'trainset.csv');

describe('e2ePrompt', () => {
  it("spells attributes and prices as LoRA's files do", () => {
    expect(
      e2ePrompt('name[The Hut], eatType[coffee shop], priceRange[£20-25], familyFriendly[no], near[X, Y]'),
    ).toBe('name : The Hut | Type : coffee shop | price : £ 20 - 25 | family friendly : no | near : X, Y');
    expect(e2ePrompt('name[A], priceRange[less than £20], customer rating[3 out of 5]')).toBe(
      'name : A | price : less than £ 20 | customer rating : 3 out of 5',
    );
  });

  it.each(['', 'name', 'name[A', 'name[A] area[B]', '[A]'])('gives nothing for %j', (text) => {
    expect(e2ePrompt(text)).toBeUndefined();
  });
});

describe('parseE2e', () => {
  it('groups the references of a record wherever they stand', () => {
    const content =
      '\uFEFFmr,ref\r\n"name[A], area[x]","A, in x."\r\nname[B],B is "here.\r\n"name[A], area[x]","A\r\n  stands ""there"". "\r\nname[B],\r\n';
    expect(parse(content)).toEqual({
      examples: [
        { source: 'name : A | area : x', references: ['A, in x.', 'A stands "there".'] },
        { source: 'name : B', references: ['B is "here.'] },
      ],
      notes: ['1 row without a reference was skipped (line 6).'],
    });
  });

  it('reads "prompt||text" lines', () => {
    const content =
      'name : A | Type : pub||A is a pub . \nname : B||B .\nname : A | Type : pub||A, a pub .\n';
    expect(parse(content).examples).toEqual([
      { source: 'name : A | Type : pub', references: ['A is a pub .', 'A, a pub .'] },
      { source: 'name : B', references: ['B .'] },
    ]);
  });

  it.each([
    ['', 'trainset.csv is empty'],
    ['MR\n"name[A], area[x]"\n', 'trainset.csv holds records without references (its only column is mr)'],
    ['text,label\na,1\n', 'trainset.csv, line 1: an E2E file starts with the header mr,ref, or holds lines'],
    ['mr,ref\n', 'trainset.csv holds no record with a reference'],
    ['mr,ref\nname[A],A, here\n', 'line 2: found 3 comma-separated cells instead of 2 (mr, ref); put a text'],
    ['mr,ref\nname[A]\n', 'line 2: found 1 comma-separated cell instead of 2'],
    ['mr,ref\nname[A],"A\nB"\nname of B,B\n', 'line 4: the record "name of B" is not of the form attribute'],
    ['mr,ref\nname[A],A\nname[B],"B\n', 'line 3: a quotation mark opens a cell and nothing closes it'],
    ['mr,ref\nname[A],"A" is\n', 'line 2: a quotation mark stands inside a quoted cell'],
    ['name : A||A\nname : B\n', 'line 2: nothing separates prompt and text; write "prompt||text"'],
  ])('says in one sentence what is wrong with %j', (content, message) => {
    expect(() => parse(content)).toThrow(message);
  });

  it('knows its files by their first line', () => {
    for (const content of ['mr,ref\n', '"mr","ref"\n', 'MR\n', 'name : A||A\n'])
      expect(hasE2eLayout(content)).toBe(true);
    for (const content of ['', 'mr\tref\n', 'ref,mr\n', 'id,mr,ref\n'])
      expect(hasE2eLayout(content)).toBe(false);
  });
});

describe.skipIf(!hasSharedData)(`the original files (skipped without ${sharedData})`, () => {
  const real = (name: string) => parseE2e(readSharedData(`e2e/${name}`), name);

  it.each([
    ['trainset.csv', 4_862, 42_061],
    ['devset.csv', 547, 4_672],
    ['testset_w_refs.csv', 630, 4_693],
  ])('%s reads whole', (name, records, texts) => {
    const { examples, notes } = real(name);
    expect(examples).toHaveLength(records);
    expect(examples.flatMap(({ references }) => references)).toHaveLength(texts);
    expect(notes).toEqual([]);
    for (const { references } of examples) for (const text of references) expect(text).toMatch(/^\S.*\S$/);
  });

  it.each([
    ['devset.csv', 'lora_format_valid.txt'],
    ['testset_w_refs.csv', 'lora_format_test.txt'],
  ])("%s gives LoRA's prompts, record by record (%s)", (csv, lines) => {
    const bare = ({ source, references }: { source: string; references: string[] }) => [
      source,
      references.map((text) => text.replace(/\s/g, '')),
    ];
    expect(real(csv).examples.map(bare)).toEqual(real(lines).examples.map(bare));
  });

  it('refuses the test set without references', () => {
    expect(() => real('testset.csv')).toThrow('testset.csv holds records without references');
  });
});
