import { describe, expect, it } from 'vitest';
import { splitOf } from './heldOutSplit';

describe('splitOf', () => {
  it('holds out about one text in eight', () => {
    const held = Array.from({ length: 8000 }, (_, i) => splitOf(`Anna met Paul in room ${i}`)).filter(
      (split) => split === 'dev',
    ).length;
    expect(held).toBeGreaterThan(880);
    expect(held).toBeLessThan(1120);
  });

  it('sees words, not case, marks or contractions, and keeps the parts of a pair apart', () => {
    for (let i = 0; i < 50; i++) {
      expect(splitOf(`Anna wasn't in room ${i}.`)).toBe(splitOf(`anna was not in room ${i}`));
    }
    const moved = Array.from({ length: 200 }, (_, i) => splitOf(`a b${i}`, 'c') === splitOf('a', `b${i} c`));
    expect(moved).toContain(false);
  });
});
