import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { RandomStream } from '../../random/stream';
import { generateE2e } from '../embedded/e2e';
import { generateWebnlg } from '../embedded/webnlg';
import { HeldOutTexts } from '../heldOut';
import { drawDescriptionLine } from './descriptions';
import { splitOf } from './heldOutSplit';

const lines = (count: number) => {
  const random = new RandomStream(17);
  return Array.from({ length: count }, () => drawDescriptionLine(random));
};

describe('drawDescriptionLine', () => {
  // Models are pretrained on these lines: another grammar asks for another pretraining.
  it('draws the lines that models were pretrained on', () => {
    const digest = createHash('sha256').update(lines(200).join('\n')).digest('hex').slice(0, 16);
    expect(digest).toBe('ed122b6d3dafae21');
  });

  const drawn = lines(5000);

  it('writes whole sentences, at most one TAB and at most 44 words', () => {
    for (const line of drawn) {
      const parts = line.split('\t');
      expect(parts.length).toBeLessThanOrEqual(2);
      expect(parts.at(-1), line).toMatch(/^[A-Z][^{}]*[.]$/);
      expect(line).not.toMatch(/undefined| {2}|\.\.|\ban one\b|\ba [aeiou]/);
      expect(line.split(/\s/).length).toBeLessThanOrEqual(44);
    }
    expect(new Set(drawn).size).toBeGreaterThan(4500);
  });

  it('uses the prompts of the tasks in one line in six, and none that dev sets may hold', () => {
    const prompts = drawn.filter((line) => / : .*\t/.test(line)).map((line) => line.split('\t')[0] as string);
    expect(prompts.length / drawn.length).toBeGreaterThan(0.14);
    expect(prompts.length / drawn.length).toBeLessThan(0.2);
    expect(prompts.filter((prompt) => splitOf(prompt) === 'dev')).toEqual([]);
  });

  it('holds no text of a dev set', () => {
    const texts = [...generateE2e('dev'), ...generateWebnlg('dev')].flatMap(({ references }) => references);
    const dev = new HeldOutTexts(texts);
    expect(drawn.filter((line) => dev.occursIn(line))).toEqual([]);
  });
});
