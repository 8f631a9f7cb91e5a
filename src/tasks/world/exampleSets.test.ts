import { describe, expect, it } from 'vitest';
import { drawnSets } from './exampleSets';
import { splitOf } from './heldOutSplit';

describe('drawnSets', () => {
  let draws = 0;
  const sets = drawnSets({
    seed: 1,
    trainSize: 60,
    devSize: 20,
    kinds: 2,
    draw(random, kind) {
      draws += 1;
      return {
        example: {
          text: `Anna met ${random.below(40)}.`,
          pair: `Paul met ${random.below(40)}.`,
          label: kind,
        },
      };
    },
  });

  it('draws both sets once, balanced, without repetition and by the hash of the pair', () => {
    const [train, dev] = [sets('train'), sets('dev')];
    const made = draws;
    expect(sets('train')).toBe(train);
    expect(draws).toBe(made);
    expect([train.length, dev.length]).toEqual([60, 20]);
    expect(dev.filter((example) => example.label === 1)).toHaveLength(10);
    for (const { text, pair = '' } of dev) expect(splitOf(text, pair)).toBe('dev');
    for (const { text, pair = '' } of train) expect(splitOf(text, pair)).toBe('train');
  });

  it('takes no long sentences, no pair of equals, and the split of the unit', () => {
    const texts = ['one two three', Array.from({ length: 15 }, () => 'word').join(' ')];
    let turn = 0;
    const { dev, train } = (() => {
      const made = drawnSets({
        seed: 2,
        trainSize: 3,
        devSize: 2,
        kinds: 1,
        draw() {
          turn += 1;
          return {
            example: { text: `${texts[turn % 2]} ${turn}.`, label: 0 },
            unit: [`base ${turn}`],
          };
        },
      });
      return { dev: made('dev'), train: made('train') };
    })();
    for (const { text } of [...dev, ...train]) expect(text).toMatch(/^one two three \d+\.$/);
    const number = (text: string) => text.match(/\d+/)?.[0];
    for (const { text } of dev) expect(splitOf(`base ${number(text)}`)).toBe('dev');
  });
});
