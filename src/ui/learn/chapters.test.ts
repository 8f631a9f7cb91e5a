/** Every chapter can be linked to, its equations are ones that KaTeX sets, its fields exist. */
import katex from 'katex';
import { describe, expect, it } from 'vitest';
import { clampToField, fieldAt } from '../../config/fields';
import { screenOf } from '../screens';
import { chapters } from './chapters';

describe('chapters', () => {
  it('are eight, each with a name for its link', () => {
    expect(chapters).toHaveLength(8);
    expect(new Set(chapters.map(({ id }) => id)).size).toBe(8);
    for (const { id } of chapters) expect(screenOf([['lesson', id]])).toBe('learn');
  });

  it.each(chapters.flatMap(({ title, equations }) => equations.map(({ latex }) => [title, latex])))(
    '%s: %s',
    (_, latex) => {
      expect(() => katex.renderToString(latex, { throwOnError: true, strict: 'error' })).not.toThrow();
    },
  );

  it('set only fields that there are', () => {
    for (const { tries } of chapters)
      for (const one of tries)
        if (one.kind === 'set')
          for (const [path, value] of Object.entries(one.fields)) {
            const field = fieldAt(path);
            expect(field && clampToField(field, value)).toBe(value);
          }
  });
});
