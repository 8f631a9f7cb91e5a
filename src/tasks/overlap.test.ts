import { expect, it } from 'vitest';
import { overlapNotes } from './overlap';

it('counts the dev examples that train has, by what a model reads of them', () => {
  const train = [
    { text: 'a', label: 0 },
    { text: 'b', pair: 'c', label: 0 },
  ];
  const dev = [
    { text: 'a', label: 1 },
    { text: 'b', label: 0 },
    { text: 'b', pair: 'c', label: 0 },
    { text: 'c', pair: 'b', label: 0 },
  ];
  expect(overlapNotes(train, dev)).toEqual(['2 of 4 dev examples stand in train too.']);
  expect(overlapNotes(train, dev.slice(1, 2))).toEqual([]);
  const words = (...all: string[]) => ({ words: all, tags: all.map(() => 'O') });
  expect(overlapNotes([words('a', 'b')], [words('a b'), words('a', 'b')])).toHaveLength(1);
  const record = (source: string) => ({ source, references: [source] });
  expect(overlapNotes([record('x')], [{ ...record('x'), references: ['y'] }])).toEqual([
    '1 of 1 dev examples stand in train too.',
  ]);
});
