/** Every chapter can be linked to, its equations are ones that KaTeX sets, its fields exist. */
import katex from 'katex';
import { describe, expect, it } from 'vitest';
import { parseExperimentConfig } from '../../config/experiment';
import { clampToField, fieldAt, writeField } from '../../config/fields';
import { methodTitle } from '../../config/methods';
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

  it('choose one ablation at a time, whatever was chosen before', () => {
    const choices = chapters
      .flatMap(({ tries }) => tries)
      .flatMap((one) => (one.kind === 'set' ? [one.fields] : []));
    let config = parseExperimentConfig({});
    const titles = [...choices, ...choices.toReversed()].map((fields) => {
      for (const [path, value] of Object.entries(fields)) config = writeField(config, path, value);
      return methodTitle(config);
    });
    const once = ['AutoLoRA (sigmoid)', 'AutoLoRA (w/o cst.)', 'AutoLoRA (η = 0)', 'AutoLoRA'];
    expect(titles).toEqual([...once, ...once.toReversed()]);
  });
});
