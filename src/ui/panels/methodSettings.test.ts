/** The controls of a method are those of the settings that it reads. */
import { describe, expect, it } from 'vitest';
import { parseExperimentConfig } from '../../config/experiment';
import { type Field, fields } from '../../config/fields';
import type { MethodName } from '../../config/methods';
import { isRead } from './methodSettings';

const groupsOf = (method: MethodName) =>
  new Set(
    fields.filter((field) => isRead(parseExperimentConfig({ method }), field)).map(({ group }) => group),
  );
const pathsOf = (method: MethodName, group: Field['group']) =>
  fields
    .filter((field) => field.group === group && isRead(parseExperimentConfig({ method }), field))
    .map(({ path }) => path);

describe('isRead', () => {
  it('leaves the search and its variants to AutoLoRA', () => {
    expect([...groupsOf('autolora')]).toEqual(
      expect.arrayContaining(['search', 'hypergradient', 'baseline']),
    );
    expect(pathsOf('autolora', 'adapter')).toContain('adapter.selection');
    for (const method of ['lora', 'dora', 'adalora', 'sora', 'adapter', 'full'] as const) {
      expect([...groupsOf(method)]).not.toEqual(expect.arrayContaining(['search']));
      expect([...groupsOf(method)]).not.toEqual(expect.arrayContaining(['hypergradient']));
      expect(pathsOf(method, 'retrain')).toContain('retrain.steps');
    }
  });

  it('keeps ranks for methods whose layers are given theirs', () => {
    for (const method of ['lora', 'rslora', 'lora-plus', 'dora'] as const) {
      expect(pathsOf(method, 'adapter')).toEqual(['adapter.rank', 'adapter.loraAlpha', 'adapter.dropout']);
      expect(pathsOf(method, 'baseline')).toEqual(['adapter.rankPattern', 'baseline.rank']);
    }
    expect(pathsOf('adalora', 'adapter')).toEqual(['adapter.loraAlpha', 'adapter.dropout']);
    expect(pathsOf('adalora', 'baseline')).toEqual([]);
    expect(pathsOf('full', 'adapter')).toEqual([]);
  });

  it('keeps of the methods’ own settings those of the chosen one', () => {
    expect(pathsOf('lora', 'method')).toEqual([]);
    expect(pathsOf('lora-plus', 'method')).toEqual(['loraPlus.ratio']);
  });

  it('keeps the split where it is scored on', () => {
    const split = fields.find(({ path }) => path === 'data.validationFraction') as Field;
    const lora = (data: object) => parseExperimentConfig({ method: 'lora', data });
    expect(isRead(lora({}), split)).toBe(false);
    expect(isRead(lora({ evaluateOn: 'validation' }), split)).toBe(true);
  });
});
