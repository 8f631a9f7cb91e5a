/** An adapter on the page: the method that goes on from it, scoring alone, and back to fresh layers. */
import { describe, expect, it } from 'vitest';
import { parseExperimentConfig } from '../config/experiment';
import { taskExperiment } from '../config/taskSettings';
import { onlyScored, withAdapter, withoutAdapter } from './choosingAdapter';
import { sortFiles } from './files/chosenFiles';

const adapterOf = (options: object) => ({
  name: 'mine',
  files: [{ name: 'adapter_config.json', blob: new Blob([JSON.stringify(options)]) }],
});
const methodFor = async (method: 'autolora' | 'lora-plus' | 'dora', options: object) =>
  (await withAdapter(parseExperimentConfig({ method }), adapterOf(options))).method;

describe('withAdapter', () => {
  it('chooses a method that can go on from it, and leaves one that can', async () => {
    expect(await methodFor('autolora', { peft_type: 'LORA' })).toBe('lora');
    expect(await methodFor('autolora', { use_rslora: true })).toBe('rslora');
    expect(await methodFor('lora-plus', { use_rslora: true })).toBe('lora-plus');
    expect(await methodFor('lora-plus', { use_dora: true })).toBe('dora');
    expect(await methodFor('dora', { use_dora: false })).toBe('lora');
  });

  it('leaves broken files to the loader, which names the fault', async () => {
    const broken = { name: 'x', files: [{ name: 'adapter_config.json', blob: new Blob(['{']) }] };
    const config = await withAdapter(parseExperimentConfig({ retrain: { init: 'kept' } }), broken);
    expect(config).toMatchObject({ method: 'lora', adapter: { from: 'x' }, retrain: { init: 'fresh' } });
    const empty = { name: 'x', files: [] };
    expect((await withAdapter(config, empty)).adapter.from).toBe('x');
  });
});

describe('onlyScored', () => {
  it('takes no step, and trains again as before or as usual', () => {
    const config = parseExperimentConfig({ retrain: { steps: 33 } });
    expect(onlyScored(config, true).retrain.steps).toBe(0);
    expect(onlyScored(config, false).retrain.steps).toBe(33);
    const back = withoutAdapter({ ...onlyScored(config, true), adapter: { ...config.adapter, from: 'x' } });
    expect(back).toMatchObject({ adapter: { from: '' }, retrain: { steps: 480 } });
    const rte = parseExperimentConfig(taskExperiment('rte'));
    expect(onlyScored(onlyScored(rte, true), false)).toEqual(rte);
    const hub = { ...onlyScored(rte, true), model: { ...rte.model, source: 'hub' as const } };
    expect(onlyScored(hub, false).retrain.steps).toBe(480);
  });
});

describe('sortFiles', () => {
  const sorted = (...paths: string[]) => sortFiles(paths.map((path) => ({ path, blob: new Blob([path]) })));

  it('tells an adapter from a checkpoint, beside one another too', () => {
    const { chosen, notes } = sorted('a/adapter_config.json', 'a/adapter_model.safetensors', 'a/README.md');
    expect(chosen.adapter?.name).toBe('a');
    expect(chosen.adapter?.files.map(({ name }) => name)).toEqual([
      'adapter_config.json',
      'adapter_model.safetensors',
    ]);
    expect([chosen.model, chosen.train, notes]).toEqual([undefined, undefined, []]);
    const both = sorted('m/config.json', 'm/model.safetensors', 'm/adapter/adapter_config.json').chosen;
    expect(both.model?.files.map(({ name }) => name)).toEqual(['config.json', 'model.safetensors']);
    expect(both.adapter?.name).toBe('adapter');
  });

  it('says what is missing', () => {
    expect(sorted('adapter_model.safetensors').notes).toEqual([
      'The adapter’s weights came without adapter_config.json: choose both files together.',
    ]);
  });
});
