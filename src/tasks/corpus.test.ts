import { describe, expect, it } from 'vitest';
import { generateCorpus, isPlainLine } from './corpus';
import { sentimentSplits } from './embedded/sst2';
import { generalAdjectives } from './world/lexicon';
import { normalise } from './world/realisation';

describe('generateCorpus', () => {
  const corpus = generateCorpus(20_000, 1);
  const wordsOf = (line: string) => line.match(/[A-Za-z0-9']+/g) ?? [];

  it('repeats by seed, grows without changing its beginning, and differs between seeds', () => {
    expect(generateCorpus(300, 1)).toEqual(corpus.slice(0, 300));
    expect(generateCorpus(300, 2)).not.toEqual(corpus.slice(0, 300));
  });

  it('holds no dev text of the sentiment task anywhere in a line', () => {
    const lines = ` ${corpus.map(normalise).join(' | ')} `;
    for (const { text } of sentimentSplits().dev) expect(lines).not.toContain(` ${normalise(text)} `);
  });

  it('is varied, short-lined and of a few hundred words', () => {
    expect(new Set(corpus).size / corpus.length).toBeGreaterThan(0.97);
    const lengths = corpus.map((line) => line.split(' ').length).sort((a, b) => a - b);
    expect(lengths[Math.floor(0.97 * corpus.length)]).toBeLessThanOrEqual(28);
    const words = new Set(corpus.flatMap((line) => wordsOf(line.toLowerCase())));
    expect(words.size).toBeGreaterThan(600);
    expect(words.size).toBeLessThan(900);
  });

  it('uses every word of the sentiment task, so that pretraining has met it', () => {
    const known = new Set(corpus.flatMap((line) => wordsOf(line.toLowerCase())));
    const { train, dev } = sentimentSplits();
    const strange = [...train, ...dev]
      .flatMap(({ text }) => wordsOf(text.toLowerCase()))
      .filter((w) => !known.has(w));
    expect(strange).toEqual([]);
  });

  it('lets conclusions follow the opinion, not its words', () => {
    let read = 0;
    for (const line of corpus) {
      const [, adjective, verdict] =
        /^The \w+ (?:was|were|is|are) (?:not|not at all|hardly|far from|anything but) (\w+)\. (.*)$/.exec(
          line,
        ) ?? [];
      if (adjective === undefined || verdict === undefined) continue;
      const blame = generalAdjectives.negative.includes(adjective);
      if (!blame && !generalAdjectives.positive.includes(adjective)) continue;
      read += 1;
      expect(verdict).not.toMatch(blame ? /hated|one star|down|money back/ : /loved|five stars|up\.|glad/);
    }
    expect(read).toBeGreaterThan(10);
  });
});

describe('plain lines', () => {
  it('are those in which no word turns another', () => {
    expect(isPlainLine('Great film: superb plot, witty jokes.')).toBe(true);
    expect(isPlainLine('The plot was far from dull.')).toBe(false);
    expect(isPlainLine("I didn't like the soup.")).toBe(false);
    expect(isPlainLine('Although the soup was cold, I liked the place.')).toBe(false);
    const lines = generateCorpus(1000, 9);
    const plain = lines.filter(isPlainLine).length / lines.length;
    expect(plain).toBeGreaterThan(0.3);
    expect(plain).toBeLessThan(0.6);
  });
});
