import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { RandomStream } from '../../random/stream';
import { splitOf } from './heldOutSplit';
import { drawRelationLine } from './relations';

const draw = (count: number, seed: number) => {
  const random = RandomStream.of(seed, 'corpus');
  return Array.from({ length: count }, () => drawRelationLine(random));
};

describe('drawRelationLine', () => {
  const lines = draw(10_000, 1);

  // Embedded models are pretrained on these lines: another distribution asks for another pretraining.
  it('draws the lines that the embedded models have read', () => {
    const digest = createHash('sha256').update(draw(200, 7).join('\n')).digest('hex').slice(0, 16);
    expect(digest).toBe('38a7fc55e5d631df');
  });

  it('writes short lines of whole sentences, with at most one tab', () => {
    for (const line of lines) {
      expect(line).toMatch(/^[A-Z].*[.?]$/);
      expect(line).not.toMatch(/[{}]|undefined| {2}|\t.*\t| [.,?:]|\.\./);
      expect(line.split(/\s+/).length).toBeLessThanOrEqual(36);
    }
    const tabs = lines.filter((line) => line.includes('\t')).length / lines.length;
    expect(tabs).toBeGreaterThan(0.35);
    expect(tabs).toBeLessThan(0.5);
    expect(new Set(lines).size / lines.length).toBeGreaterThan(0.95);
  });

  it('is made of few words', () => {
    const words = new Set(lines.flatMap((line) => line.toLowerCase().match(/[a-z]+/g) ?? []));
    expect(words.size).toBeLessThan(280);
  });

  it('holds no pair and no sentence of a dev set', () => {
    for (const line of lines) {
      const [first = '', second] = line.split('\t');
      if (second === undefined) continue;
      // Of the second parts only those that are one bare sentence can be read off a line.
      const opened = /^(?:In other|That is|So|This means|Then|Later|Not the same|The same)\b/.test(second);
      if (opened || (second.match(/[.?]/g) ?? []).length > 1 || second.includes(':')) continue;
      for (const sentence of first.match(/[^.?]+/g) ?? []) expect(splitOf(sentence), line).toBe('train');
      expect([splitOf(first, second), splitOf(second, first)], line).toEqual(['train', 'train']);
    }
  });

  it('says yes, no and perhaps about as often', () => {
    const count = (word: RegExp) => lines.join('\n').match(word)?.length ?? 0;
    const [yes, no, perhaps] = [count(/\? Yes\b/g), count(/\? No\b/g), count(/\? Perhaps\b/g)];
    expect(Math.abs(yes - no) / yes).toBeLessThan(0.2);
    expect(perhaps).toBeGreaterThan(300);
  });
});
