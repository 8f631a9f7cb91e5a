import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { entityMetrics } from '../../metrics/entities';
import { HeldOutTexts } from '../heldOut';
import { wordTagBaseline } from '../wordTagBaseline';
import { splitOf } from '../world/heldOutSplit';
import { inventedNames } from '../world/inventedNames';
import { bionlpSizes, generateBionlp } from './bionlp';

describe('the embedded bionlp task', () => {
  const train = generateBionlp('train');
  const dev = generateBionlp('dev');
  const textOf = ({ words }: { words: readonly string[] }) => words.join(' ');

  // The corpus of the embedded models leaves out these very dev notes: other ones ask for another pretraining.
  it('holds the examples that the embedded models were kept from', () => {
    const rows = JSON.stringify([dev, train]);
    expect(createHash('sha256').update(rows).digest('hex').slice(0, 16)).toBe('42dfb223d85bc851');
  });

  it('has its fixed sizes, holds out by hash and repeats no sentence', () => {
    expect(train).toHaveLength(bionlpSizes.train);
    expect(dev).toHaveLength(bionlpSizes.dev);
    expect(generateBionlp('dev')).toBe(dev);
    for (const example of train) expect(splitOf(textOf(example))).toBe('train');
    for (const example of dev) expect(splitOf(textOf(example))).toBe('dev');
    const heldOut = new HeldOutTexts(dev.map(textOf));
    expect(train.filter((example) => heldOut.occursIn(textOf(example)))).toEqual([]);
    expect(new Set([...train, ...dev].map(textOf)).size).toBe(train.length + dev.length);
  });

  it('has names in dev that train has not, and no other new words', () => {
    const plain = (word: string) => {
      const base = word.replace(/-\d$/, '');
      return inventedNames.includes(base) ? base : base.toLowerCase();
    };
    const known = new Set(train.flatMap(({ words }) => words.map(plain)));
    const used = dev.flatMap(({ words }) => words.map(plain));
    const fresh = new Set(used.filter((word) => !known.has(word)));
    expect(fresh.size).toBeGreaterThan(15);
    for (const word of fresh) expect(inventedNames, word).toContain(word);
    const names = used.filter((word) => inventedNames.includes(word));
    const unseen = names.filter((word) => fresh.has(word)).length / names.length;
    expect(unseen).toBeGreaterThan(0.4);
    expect(unseen).toBeLessThan(0.6);
  });

  it('is not solved by the most frequent tag of every word', () => {
    const predicted = wordTagBaseline(
      train,
      dev.map(({ words }) => words),
    );
    const { entityF1 } = entityMetrics(
      predicted,
      dev.map(({ tags }) => tags),
    ).values;
    expect(entityF1).toBeCloseTo(0.336, 3);
  });
});
