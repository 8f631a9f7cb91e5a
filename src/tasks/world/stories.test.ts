import { describe, expect, it } from 'vitest';
import { RandomStream } from '../../random/stream';
import { drawThing } from './clauses';
import { domains } from './domains';
import { drawComparison, drawDialogue } from './exchanges';
import { generalAdjectives } from './lexicon';
import { drawStory, drawWordRelation } from './stories';
import { drawConsequence, drawHeadline, drawVerdict } from './verdicts';

const many = (draw: (random: RandomStream) => string, count = 2000) => {
  const random = new RandomStream(17);
  return Array.from({ length: count }, () => draw(random));
};

describe('sentences for unlabelled text', () => {
  it.each([
    ['stories', drawStory],
    ['word relations', drawWordRelation],
    ['comparisons', drawComparison],
    ['dialogues', drawDialogue],
  ])('%s are whole, varied sentences', (_, draw) => {
    const lines = many(draw);
    expect(new Set(lines).size).toBeGreaterThan(1000);
    for (const line of lines) expect(line).toMatch(/^["A-Z][^{}]*[.]$/);
  });

  it('stories do not judge', () => {
    const judging = new RegExp(
      `\\b(?:${[...generalAdjectives.positive, ...generalAdjectives.negative].join('|')})\\b`,
    );
    expect(many(drawStory).filter((line) => judging.test(line))).toEqual([]);
  });

  it('answers agree with their reasons', () => {
    const { positive, negative } = generalAdjectives;
    const plain = new RegExp(
      `"(Yes|No)[^"]*\\. The \\w+ (?:was|were) (${[...positive, ...negative].join('|')}),"`,
    );
    let answers = 0;
    for (const line of many(drawDialogue, 4000)) {
      const answer = plain.exec(line);
      if (answer === null) continue;
      answers += 1;
      expect(negative.includes(answer[2] as string), line).toBe(answer[1] === 'No');
    }
    expect(answers).toBeGreaterThan(50);
  });

  it('verdicts speak for their polarity', () => {
    const random = new RandomStream(23);
    for (let i = 0; i < 3000; i++) {
      const thing = drawThing(random, random.pick(domains));
      for (const draw of [drawVerdict, drawConsequence, drawHeadline]) {
        expect(draw(random, thing, 1)).not.toMatch(
          /hated|one star|down|angry|waste|avoid|not worth|awful|terrible|sorry/,
        );
        expect(draw(random, thing, -1)).not.toMatch(
          /loved|five stars|up$|happy|superb|wonderful|glad|triumph/,
        );
      }
    }
  });
});
