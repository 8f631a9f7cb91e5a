/** What a run trains, and which method goes on from an adapter. */
import { expect, it } from 'vitest';
import { parseExperimentConfig } from './experiment';
import { canGoOnFrom, type MethodName, methodNames, methodOfAdapter, rolesOf } from './methods';

it('goes on from an adapter by what its file says, by the chosen method where that can', () => {
  expect(methodOfAdapter({})).toBe('lora');
  expect(methodOfAdapter({ use_rslora: true })).toBe('rslora');
  expect(methodOfAdapter({ use_dora: true, use_rslora: true })).toBe('dora');
  expect(methodOfAdapter({ use_rslora: 'yes' })).toBe('lora');
  expect(methodOfAdapter({ use_rslora: true }, 'lora-plus')).toBe('lora-plus');
  expect(methodOfAdapter({ use_rslora: true }, 'autolora')).toBe('rslora');
  expect(methodOfAdapter({ use_dora: true }, 'lora')).toBe('dora');
});

it('takes no method that cannot go on', () => {
  const able = (isDora: boolean): MethodName[] => methodNames.filter((method) => canGoOnFrom(method, isDora));
  expect(able(false)).toEqual(['lora', 'rslora', 'lora-plus']);
  expect(able(true)).toEqual(['dora']);
  for (const use_dora of [true, false])
    for (const chosen of methodNames)
      expect(canGoOnFrom(methodOfAdapter({ use_dora }, chosen), use_dora)).toBe(true);
});

it('trains LoRA beside AutoLoRA alone, and where it is asked for', () => {
  const roles = (method: MethodName, enabled: boolean) =>
    rolesOf(parseExperimentConfig({ method, baseline: { enabled } }));
  expect(roles('autolora', true)).toEqual(['autolora', 'lora']);
  expect(roles('autolora', false)).toEqual(['autolora']);
  expect(roles('dora', true)).toEqual(['dora']);
});
