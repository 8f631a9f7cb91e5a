/** Which settings change a run of a method. */
import { expect, it } from 'vitest';
import { type ExperimentInput, parseExperimentConfig } from './experiment';
import { changesResult, readsSetting } from './readSettings';

const reads = (config: ExperimentInput, path: string) => readsSetting(parseExperimentConfig(config), path);

it('reads the search for AutoLoRA alone', () => {
  for (const path of ['search.steps', 'hypergradient.hyperEvery', 'adapter.selection', 'retrain.init']) {
    expect(reads({ method: 'autolora' }, path)).toBe(true);
    expect(reads({ method: 'dora' }, path)).toBe(false);
  }
  expect(reads({ method: 'dora' }, 'retrain.steps')).toBe(true);
});

it('reads a method’s own settings for that method alone', () => {
  expect(reads({ method: 'adalora' }, 'adalora.initRank')).toBe(true);
  expect(reads({ method: 'sora' }, 'adalora.initRank')).toBe(false);
  expect(reads({ method: 'autolora' }, 'sora.lambda')).toBe(false);
});

it('reads the rank where no other setting goes before it, and the method has given ranks', () => {
  expect(reads({ method: 'rslora' }, 'adapter.rank')).toBe(true);
  expect(reads({ method: 'rslora', baseline: { rank: 3 } }, 'adapter.rank')).toBe(false);
  expect(reads({ method: 'autolora', baseline: { rank: 3 } }, 'adapter.rank')).toBe(true);
  expect(reads({ method: 'autolora' }, 'baseline.rank')).toBe(true);
  expect(reads({ method: 'autolora', baseline: { enabled: false } }, 'baseline.rank')).toBe(false);
  for (const path of ['adapter.rank', 'adapter.loraAlpha', 'adapter.rankPattern', 'baseline.rank'])
    expect(reads({ method: 'dora', adapter: { from: 'my-adapter' } }, path)).toBe(false);
  expect(reads({ method: 'adalora' }, 'adapter.rank')).toBe(false);
  expect(reads({ method: 'full' }, 'adapter.rankPattern')).toBe(false);
  expect(reads({ method: 'lora' }, 'baseline.rank')).toBe(true);
});

it('reads how train is split where the held-out part is scored on, and no adapter’s settings without one', () => {
  expect(reads({ method: 'lora' }, 'data.validationFraction')).toBe(false);
  expect(reads({ method: 'lora', data: { evaluateOn: 'validation' } }, 'data.validationFraction')).toBe(true);
  expect(reads({ method: 'autolora' }, 'data.splitSeed')).toBe(true);
  expect(reads({ method: 'adalora' }, 'adapter.loraAlpha')).toBe(true);
  expect(reads({ method: 'adapter' }, 'adapter.loraAlpha')).toBe(false);
});

it('reads how texts are written where texts are written', () => {
  for (const path of ['generation.beams', 'generation.labelSmoothing']) {
    expect(reads({ data: { task: 'e2e' } }, path)).toBe(true);
    expect(reads({ method: 'full', data: { task: 'webnlg' } }, path)).toBe(true);
    expect(reads({ data: { task: 'sst2' } }, path)).toBe(false);
  }
});

it('knows what is only shown from what changes a result', () => {
  const changes = (config: ExperimentInput, path: string) =>
    changesResult(parseExperimentConfig(config), path);
  expect(reads({}, 'hypergradient.inspectEvery')).toBe(true);
  expect(changes({}, 'hypergradient.inspectEvery')).toBe(false);
  expect(changes({}, 'reportEvery')).toBe(false);
  // Such a search looks at its ranks with every report.
  const stopping = { search: { stopWhenStable: 20 } };
  expect(changes(stopping, 'reportEvery')).toBe(true);
  expect(changes({ ...stopping, method: 'dora' }, 'reportEvery')).toBe(false);
  expect(changes({}, 'search.steps')).toBe(true);
  expect(changes({ method: 'dora' }, 'search.steps')).toBe(false);
});
