import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { RandomStream } from '../../random/stream';
import { generateBionlp } from '../embedded/bionlp';
import { HeldOutTexts } from '../heldOut';
import { splitOf } from './heldOutSplit';
import { inventedNames } from './inventedNames';
import { drawLaboratoryLine } from './laboratory';
import { drawLaboratorySentence, entityKinds } from './laboratoryNotes';

const many = <T>(draw: (random: RandomStream) => T, count: number) => {
  const random = new RandomStream(17);
  return Array.from({ length: count }, () => draw(random));
};
const baseName = (word: string) => word.replace(/-\d$/, '');

describe('drawLaboratoryLine', () => {
  // Models are pretrained on these lines: another grammar asks for another pretraining.
  it('draws the lines that models were pretrained on', () => {
    const lines = many(drawLaboratoryLine, 200).join('\n');
    expect(createHash('sha256').update(lines).digest('hex').slice(0, 16)).toBe('d06d27993a5563cc');
  });

  it('holds neither sentences nor names of dev sets', () => {
    const lines = many(drawLaboratoryLine, 4000);
    for (const line of lines) {
      expect(line).toMatch(/^[A-Z][^{}[\]]*\.$/);
      expect(line).not.toMatch(/undefined| {2}|WAS/);
      expect(line.split(' ').length).toBeLessThanOrEqual(44);
      for (const note of line.split(/(?<=\.) /)) expect(splitOf(note), note).toBe('train');
    }
    const dev = new HeldOutTexts(generateBionlp('dev').map(({ words }) => words.join(' ')));
    expect(lines.filter((line) => dev.occursIn(line))).toEqual([]);
    const used = new Set(lines.flatMap((line) => line.match(/[\w-]+/g) ?? []).map(baseName));
    const heldOut = inventedNames.filter((name) => splitOf(name) === 'dev');
    expect(heldOut.length).toBeGreaterThan(10);
    expect(heldOut.filter((name) => used.has(name))).toEqual([]);
  });
});

describe('drawLaboratorySentence', () => {
  const sentences = many((random) => drawLaboratorySentence(random, 'train'), 4000);

  it('tags every word in IOB2 and uses all kinds of entities', () => {
    const seen = new Set<string>();
    for (const { words, tags } of sentences) {
      expect(tags).toHaveLength(words.length);
      expect(words.length).toBeLessThanOrEqual(24);
      tags.forEach((tag, i) => {
        seen.add(tag);
        if (tag.startsWith('I-')) expect([tag, tag.replace('I-', 'B-')]).toContain(tags[i - 1]);
      });
    }
    expect([...seen].sort()).toEqual(
      ['O', ...entityKinds.flatMap((kind) => [`B-${kind}`, `I-${kind}`])].sort(),
    );
  });

  it('gives one name many kinds, which its context tells', () => {
    const kinds = new Map<string, Set<string>>();
    for (const { words, tags } of sentences) {
      words.forEach((word, i) => {
        if (!inventedNames.includes(word)) return;
        expect(tags[i]).not.toBe('O');
        kinds.set(word, (kinds.get(word) ?? new Set()).add((tags[i] as string).slice(2)));
        const next = words.slice(i + 1, i + 3).join(' ');
        if (/^(gene|promoter|enhancer)/.test(next)) expect(tags[i]).toMatch(/DNA/);
        if (/^was (spliced|translated)/.test(next)) expect((tags[i] as string).slice(2)).toMatch(/RNA/);
        if (/^bound/.test(next)) expect(tags[i]).toMatch(/protein/);
      });
    }
    for (const found of kinds.values()) expect(found.size).toBeGreaterThanOrEqual(3);
  });

  it('tags heads with what they end: a T cell, a T cell receptor, its gene', () => {
    const tagsOf = (phrase: string) => {
      const length = phrase.split(' ').length;
      for (const { words, tags } of sentences) {
        const at = words.findIndex((_, i) => words.slice(i, i + length).join(' ') === phrase);
        const next = words[at + length] ?? '';
        if (at >= 0 && !/gene|receptor|line/.test(next)) return tags.slice(at, at + length).join(' ');
      }
      return '';
    };
    expect(tagsOf('in T cells')).toBe('O B-cell_type I-cell_type');
    expect(tagsOf('the T cell receptor')).toBe('O B-protein I-protein I-protein');
    expect(tagsOf('the T cell receptor gene')).toBe('O B-DNA I-DNA I-DNA I-DNA');
  });
});
