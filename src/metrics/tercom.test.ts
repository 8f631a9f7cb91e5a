/** TERCOM's TER on edits counted by hand, and properties that hold for any texts. */
import { describe, expect, it } from 'vitest';
import { type TercomBeam, tercom, tercomOfText } from './tercom';

const words = (text: string) => text.split(' ').filter((word) => word !== '');
const edits = (text: string, reference: string, beam?: TercomBeam) =>
  tercomOfText(words(text), [words(reference)], beam).edits;

describe.each(['tercom', 'sacrebleu'] as const)('TER with the beam of %s', (beam) => {
  it('counts replacements, insertions and deletions', () => {
    expect(edits('a b c d', 'a b c d', beam)).toBe(0);
    expect(edits('a x c d', 'a b c d', beam)).toBe(1);
    expect(edits('a c d', 'a b c d', beam)).toBe(1);
    expect(edits('a b b c d', 'a b c d', beam)).toBe(1);
    expect(edits('', 'a b c d', beam)).toBe(4);
    expect(edits('a b', '', beam)).toBe(2);
    expect(edits('', '', beam)).toBe(0);
  });

  it('counts a moved phrase once, however long it is', () => {
    // Without the shift: the three words dropped in front and added behind are six edits.
    expect(edits('x y z a b c d', 'a b c d x y z', beam)).toBe(1);
    expect(edits('a b c d x y z', 'x y z a b c d', beam)).toBe(1);
    // The same with one word wrong: a shift and a replacement.
    expect(edits('x y z a q c d', 'a b c d x y z', beam)).toBe(2);
  });

  it('shifts at most ten words at once', () => {
    const moved = Array.from({ length: 11 }, (_, i) => `m${i}`);
    const stay = Array.from({ length: 12 }, (_, i) => `s${i}`);
    // Eleven words before twelve: the phrase of eleven and that of twelve both take two shifts.
    expect(tercomOfText([...moved, ...stay], [[...stay, ...moved]], beam).edits).toBe(2);
    expect(
      tercomOfText([...moved.slice(0, 10), ...stay], [[...stay, ...moved.slice(0, 10)]], beam).edits,
    ).toBe(1);
  });

  it('takes the edits of the best reference over the mean length', () => {
    const { edits: least, referenceLength } = tercomOfText(
      words('a b c'),
      [words('a b d'), words('v w x y z')],
      beam,
    );
    expect(least).toBe(1);
    expect(referenceLength).toBe(4);
    // (1 + 0) edits over (4 + 2) words, not the mean of the two texts.
    const score = tercom(
      [words('a b c'), words('p q')],
      [[words('a b d'), words('v w x y z')], [words('p q')]],
      beam,
    );
    expect(score).toBeCloseTo(1 / 6, 12);
  });

  it('undoes any rotation of different words by one shift', () => {
    // The shorter of the two parts has at most seven words, within the ten that move at once.
    const text = Array.from({ length: 15 }, (_, i) => `w${i}`);
    for (let k = 0; k < text.length; k++)
      expect(tercomOfText([...text.slice(k), ...text.slice(0, k)], [text], beam).edits).toBe(k === 0 ? 0 : 1);
  });
});

describe('the two beams', () => {
  it('differ where a reference is far longer than the text', () => {
    // The one word fits the end. TERCOM does not follow a way of more than 20 insertions in front of it.
    const reference = [...Array.from({ length: 30 }, (_, i) => `w${i}`), 'end'];
    expect(tercomOfText(['q', 'end'], [reference], 'sacrebleu').edits).toBe(30);
    expect(tercomOfText(['q', 'end'], [reference], 'tercom').edits).toBe(31);
  });

  it('come to an end on texts of very different lengths', () => {
    const long = Array.from({ length: 80 }, (_, i) => `w${i % 7}`);
    for (const beam of ['tercom', 'sacrebleu'] as const) {
      expect(tercomOfText(['w0'], [long], beam).edits).toBe(79);
      expect(tercomOfText(long, [['w0']], beam).edits).toBe(79);
    }
  });

  it('have a score without references’ words, and none without references', () => {
    expect(tercom([['a', 'b']], [[[]]])).toBe(1);
    expect(tercom([[]], [[[]]])).toBe(0);
    expect(() => tercom([['a']], [[]])).toThrow('at least one reference');
  });
});
