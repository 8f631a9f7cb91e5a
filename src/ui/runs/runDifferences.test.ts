import { describe, expect, it } from 'vitest';
import { type ExperimentInput, parseExperimentConfig } from '../../config/experiment';
import { settingText } from '../../store/choices';
import { changesSince, differencesOf } from './runDifferences';

const config = (input: ExperimentInput = {}) => parseExperimentConfig(input);

describe('differencesOf', () => {
  it('gives one value per run of the fields in which not all agree', () => {
    const runs = [config({ seed: 1 }), config({ seed: 2, adapter: { rank: 4 } }), config({ seed: 1 })];
    expect(differencesOf(runs)).toEqual([
      { path: 'seed', label: 'Seed', values: ['1', '2', '1'] },
      { path: 'adapter.rank', label: 'Rank k at search', values: ['8', '4', '8'] },
    ]);
    expect(differencesOf([config(), config()])).toEqual([]);
    expect(differencesOf([config()])).toEqual([]);
  });

  it('tells fields of one label apart by their section', () => {
    const labels = differencesOf([
      config(),
      config({ search: { batchSize: 2 }, retrain: { batchSize: 3 } }),
    ]).map(({ label }) => label);
    expect(labels).toHaveLength(2);
    expect(new Set(labels).size).toBe(2);
  });
});

it('values are read by a person', () => {
  expect(settingText('method', 'dora')).toBe('DoRA');
  expect(settingText('data.task', 'sst2')).toBe('SST-2');
  expect(settingText('data.task', 'no task')).toBe('no task');
  expect(settingText('baseline.enabled', true)).toBe('on');
  expect(settingText('baseline.enabled', false)).toBe('off');
  expect(settingText('adapter.from', '')).toBe('–');
  expect(settingText('seed', 0)).toBe('0');
  expect(settingText('data.devSize', 0)).toBe('all');
});

it('changes are one line, of the later run’s values', () => {
  const before = config();
  const after = config({ seed: 2, baseline: { enabled: false } });
  expect(changesSince(after, before)).toBe('Seed 2, Train plain LoRA too off');
  expect(changesSince(before, after)).toBe('Seed 1, Train plain LoRA too on');
  expect(changesSince(before, before)).toBe('');
});
