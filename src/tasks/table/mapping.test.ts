import { describe, expect, it } from 'vitest';
import { taskByName } from '../registry';
import { checkMapping, fieldsOf, formatMapping, parseMapping, suggestMapping } from './mapping';
import { ownTask } from './ownTask';

const suggest = (task: string, columns: string) => suggestMapping(taskByName(task), columns.split(' '));

describe('suggestMapping', () => {
  it.each([
    // nyu-mll/glue on the Hub.
    ['cola', 'sentence label idx', { text: 'sentence', label: 'label' }],
    ['sst2', 'sentence label idx', { text: 'sentence', label: 'label' }],
    ['mrpc', 'sentence1 sentence2 label idx', { text: 'sentence1', pair: 'sentence2', label: 'label' }],
    ['qqp', 'question1 question2 label idx', { text: 'question1', pair: 'question2', label: 'label' }],
    ['stsb', 'sentence1 sentence2 label idx', { text: 'sentence1', pair: 'sentence2', label: 'label' }],
    ['mnli', 'premise hypothesis label idx', { text: 'premise', pair: 'hypothesis', label: 'label' }],
    ['qnli', 'question sentence label idx', { text: 'question', pair: 'sentence', label: 'label' }],
    ['rte', 'sentence1 sentence2 label idx', { text: 'sentence1', pair: 'sentence2', label: 'label' }],
    // Others in use.
    ['sst2', 'Review Sentiment', { text: 'Review', label: 'Sentiment' }],
    ['mrpc', 'Text-A Text-B Class', { text: 'Text-A', pair: 'Text-B', label: 'Class' }],
    ['stsb', 'sentence2 sentence1 score', { text: 'sentence1', pair: 'sentence2', label: 'score' }],
    ['bionlp', 'id tokens ner_tags', { words: 'tokens', tags: 'ner_tags' }],
    ['e2e', 'mr ref', { source: 'mr', target: 'ref' }],
    [
      'e2e',
      'meaning_representation human_reference',
      { source: 'meaning_representation', target: 'human_reference' },
    ],
    ['webnlg', 'context completion cate', { source: 'context', target: 'completion' }],
    [
      'webnlg',
      'gem_id input target references category',
      { source: 'input', target: 'target', references: 'references' },
    ],
    ['webnlg', 'input references', { source: 'input', target: 'references' }],
    ['cola', 'a b', {}],
  ])('%s: %s', (task, columns, mapping) => {
    expect(suggest(task, columns)).toEqual(mapping);
  });

  it('finds a second text for labels of one’s own only where there is one', () => {
    const task = ownTask(['a', 'b']);
    expect(suggestMapping(task, ['text', 'label'])).toEqual({ text: 'text', label: 'label' });
    expect(suggestMapping(task, ['text1', 'text2', 'label'])).toMatchObject({ pair: 'text2' });
    expect(fieldsOf(task).map(({ field, required }) => [field, required])).toEqual([
      ['text', true],
      ['pair', false],
      ['label', true],
    ]);
  });
});

describe('checkMapping', () => {
  const check = (mapping: object) => () =>
    checkMapping(taskByName('rte'), mapping, ['a', 'b', 'c'], 'train.csv');

  it('passes what a task needs and names what is missing', () => {
    expect(check({ text: 'a', pair: 'b', label: 'c' })).not.toThrow();
    expect(check({ text: 'a', pair: 'b' })).toThrow(
      'train.csv: which column holds the label? None has a usual name; the columns are a, b, c. Choose one.',
    );
    expect(check({ text: 'x', pair: 'b', label: 'c' })).toThrow(
      'train.csv has no column "x" for text; the columns are a, b, c.',
    );
    expect(check({ words: 'a' })).toThrow(
      'The columns name "words", which RTE does not read; it reads text, pair',
    );
  });
});

describe('parseMapping', () => {
  it('reads what formatMapping writes, commas in names included', () => {
    for (const mapping of [
      { text: 'a' },
      { text: 'a, b', pair: 'c = d', label: 'e' },
      { words: 'x y', tags: 'z' },
    ])
      expect(parseMapping(formatMapping(mapping))).toEqual(mapping);
    expect(parseMapping(' text = sentence ,label=class ')).toEqual({ text: 'sentence', label: 'class' });
    expect(parseMapping('  ')).toBeUndefined();
  });

  it.each(['sentence', 'text=', 'txt=a', 'text=a, pair='])('refuses %j', (text) => {
    expect(() => parseMapping(text)).toThrow('are not of the form field=column');
  });
});
