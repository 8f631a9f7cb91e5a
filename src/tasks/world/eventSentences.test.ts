import { describe, expect, it } from 'vitest';
import { RandomStream } from '../../random/stream';
import { actOf, acts } from './acts';
import {
  askableRoles,
  denial,
  plainStatement,
  roleQuestion,
  shownRoles,
  statement,
  whetherQuestion,
} from './eventSentences';
import { drawFrame, type Frame } from './frames';

const gift: Frame = { act: 'give', values: { agent: 'Anna', other: 'Paul', noun: 'lamp', colour: 'red' } };
const forms = (draw: (random: RandomStream) => string) => {
  const random = new RandomStream(1);
  return new Set(Array.from({ length: 300 }, () => draw(random)));
};

describe('statement', () => {
  it('says one frame in all its forms', () => {
    expect(forms((random) => statement(random, gift))).toEqual(
      new Set([
        'Anna gave Paul a red lamp',
        'Anna gave a red lamp to Paul',
        'Paul was given a red lamp by Anna',
        'a red lamp was given to Paul by Anna',
        'Paul got a red lamp from Anna',
        'Paul received a red lamp from Anna',
      ]),
    );
  });

  it('agrees in number and leaves out whom nobody knows', () => {
    const broken: Frame = { act: 'break', values: { noun: 'umbrella', number: 'two', time: 'on Monday' } };
    expect(forms((random) => statement(random, broken))).toEqual(
      new Set([
        'somebody broke two umbrellas on Monday',
        'two umbrellas were broken on Monday',
        'on Monday, somebody broke two umbrellas',
        'on Monday, two umbrellas were broken',
      ]),
    );
  });

  it('names every value of every frame once, and fills every slot', () => {
    const random = new RandomStream(2);
    for (let i = 0; i < 3000; i++) {
      const frame = drawFrame(random);
      const text = statement(random, frame);
      expect(text).not.toMatch(/[{}]|undefined| {2}|^ | $/);
      for (const [role, value] of Object.entries(frame.values)) {
        // Sizes have synonyms, and a noun may stand in the plural.
        if (role !== 'size') expect(text.match(new RegExp(`\\b${value}s?\\b`, 'g')), text).toHaveLength(1);
      }
    }
  });
});

describe('questions and denials', () => {
  it('ask about each role', () => {
    const all = (role: 'agent' | 'other' | 'colour') => forms((random) => roleQuestion(random, gift, role));
    expect(all('agent')).toContain('who gave Paul the red lamp');
    expect(all('agent')).toContain('who did Paul get the red lamp from');
    expect(all('other')).toContain('to whom did Anna give the red lamp');
    expect(all('colour')).toContain('what colour was the lamp that Anna gave to Paul');
    for (const question of all('agent')) expect(question).not.toMatch(/Anna/);
    for (const question of all('colour')) expect(question).not.toMatch(/red/);
  });

  it('ask whether, and deny', () => {
    expect(forms((random) => whetherQuestion(random, gift))).toContain('was Paul given the red lamp by Anna');
    expect(forms((random) => denial(random, gift))).toContain('Paul did not receive a red lamp from Anna');
  });

  it('show what they are said to show, for every act', () => {
    const random = new RandomStream(3);
    for (const act of acts) {
      for (let i = 0; i < 60; i++) {
        const frame = drawFrame(random, act);
        for (const role of askableRoles(frame)) {
          if (act.name === 'live' && role === 'agent') continue;
          const question = roleQuestion(random, frame, role);
          expect(question).not.toMatch(/[{}]|undefined| {2}/);
          expect(question).not.toContain(` ${frame.values[role]} `);
          for (const shown of shownRoles(frame, role)) {
            if (shown !== 'size') expect(question, question).toContain(frame.values[shown]);
          }
        }
      }
    }
  });
});

describe('plainStatement', () => {
  it('takes words for people and things', () => {
    const random = new RandomStream(4);
    expect(plainStatement(random, gift, { A: 'she', B: 'him', T: 'it' })).toBe('she gave it to him');
  });
});

describe('acts', () => {
  it('have opposites that have them', () => {
    for (const act of acts) {
      if (act.opposite !== undefined) expect(actOf(act.opposite).opposite).toBe(act.name);
    }
    expect(() => actOf('juggle')).toThrow('no act called "juggle"');
  });
});
