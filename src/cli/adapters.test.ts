/** `autolora evaluate` and `autolora export` on a tiny checkpoint from disk: same scores with the adapter, merged, and continued. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type CapturedOutput, captureOutput } from '../testing/capturedOutput';
import { temporaryFolder } from '../testing/temporaryFolder';
import { tinyCheckpoint } from '../testing/tinyCheckpoint';
import { parseArguments } from './arguments';
import { evaluateSpec, runEvaluate } from './evaluate';
import { exportSpec, runExport } from './export';
import { runExperiment, runSpec } from './run';
import { runScript, scriptSpec } from './script';

const folder = temporaryFolder('adapters');
const at = (...names: string[]) => join(folder, ...names);
let written: CapturedOutput;
const run = (...args: string[]) => runExperiment(parseArguments(runSpec, args));
const evaluate = (...args: string[]) => runEvaluate(parseArguments(evaluateSpec, args));
const exportRun = (...args: string[]) => runExport(parseArguments(exportSpec, args));
const resultOf = (name: string) => JSON.parse(readFileSync(at(name, 'result.json'), 'utf8'));
const experiment = (name: string, more: object) => {
  const base = {
    model: { source: 'files', name: 'model', maxLength: 16 },
    data: { trainSize: 60, devSize: 20 },
    search: { steps: 6, batchSize: 4 },
    retrain: { steps: 8, batchSize: 4, learningRate: 0.01 },
  };
  writeFileSync(at(`${name}.json`), JSON.stringify({ ...base, ...more }));
  return at(`${name}.json`);
};

beforeAll(() => {
  mkdirSync(at('model'));
  for (const { name, bytes } of tinyCheckpoint()) writeFileSync(at('model', name), new Uint8Array(bytes));
});
beforeEach(() => {
  written = captureOutput();
});
afterEach(() => vi.restoreAllMocks());

describe('a run’s adapter', () => {
  const file = experiment('first', {});

  it('scores the same by itself, and merged into a checkpoint', async () => {
    expect(await run(file, '--out', at('first'))).toBe(0);
    const { metrics, models } = resultOf('first');
    for (const [role, adapter] of [
      ['autolora', 'adapter'],
      ['lora', 'adapter-lora'],
    ] as const) {
      written.out = '';
      expect(await evaluate(file, '--adapter', at('first', adapter), '--json')).toBe(0);
      const again = JSON.parse(written.out);
      expect(again.metrics.loss).toBeCloseTo(models[role].metrics.loss, 6);
      expect(again.metrics.accuracy).toBe(models[role].metrics.accuracy);
      expect(again.ranks).toEqual(models[role].ranks);
      expect(again.predictions).toHaveLength(20);
    }

    // The experiment's own folder is not known from its results.
    await expect(exportRun(at('first'), '--merged', at('merged'))).rejects.toThrow('--model DIR');
    expect(await exportRun(at('first'), '--merged', at('merged'), '--model', at('model'))).toBe(0);
    expect(readdirSync(at('merged')).sort()).toEqual(['config.json', 'model.safetensors', 'tokenizer.json']);
    await expect(exportRun(at('first'), '--merged', at('wrong'), '--model', at('merged'))).rejects.toThrow(
      'are not those that the run was trained on',
    );
    const merged = experiment('merged', {
      method: 'full',
      model: { source: 'files', name: 'merged', maxLength: 16 },
      retrain: { steps: 0, batchSize: 4 },
    });
    expect(await run(merged, '--out', at('scored'))).toBe(0);
    expect(resultOf('scored').metrics.loss).toBeCloseTo(metrics.loss, 6);
    expect(resultOf('scored').notes.join()).not.toContain('fresh');
  });

  it('gives its ranks to a script for the full-size model', async () => {
    const script = (...args: string[]) => runScript(parseArguments(scriptSpec, args));
    expect(await script(at('first'))).toBe(0);
    const { ranks } = resultOf('first');
    for (const { layer, rank } of ranks) expect(written.out).toContain(`"${layer}": ${rank}`);
    expect(await script(at('first'), '--role', 'lora', '--out', at('train.py'))).toBe(0);
    expect(readFileSync(at('train.py'), 'utf8')).toContain('LoRA on model (2 blocks)');
    await expect(script(at('first'), '--out', at('train.py'))).rejects.toThrow('is there already');
    await expect(script(at('model'))).rejects.toThrow('no finished run');
  });

  it('is trained on, and its own adapter has the same ranks', async () => {
    const on = experiment('on', { method: 'lora', adapter: { from: 'first/adapter' } });
    expect(await run(on, '--out', at('on'))).toBe(0);
    expect(resultOf('on').ranks).toEqual(resultOf('first').ranks);
    expect(resultOf('on').notes.join()).toContain('Starts from the LoRA adapter');
    expect(resultOf('on').metrics.loss).not.toBe(resultOf('first').metrics.loss);
  });

  it('of AdaLoRA is there folded and as PEFT keeps it, and both score the same', async () => {
    const adalora = { initRank: 3, targetRank: 2, initialFraction: 0.2, finalFraction: 0.4 };
    const own = experiment('adalora', { method: 'adalora', adalora });
    expect(await run(own, '--out', at('adalora'))).toBe(0);
    for (const adapter of ['adapter', 'adapter/adalora']) {
      written.out = '';
      expect(await evaluate(own, '--adapter', at('adalora', adapter), '--json')).toBe(0);
      expect(JSON.parse(written.out).metrics.loss).toBeCloseTo(resultOf('adalora').metrics.loss, 6);
    }
    expect(await exportRun(at('adalora'), '--merged', at('adalora-merged'), '--model', at('model'))).toBe(0);
  });

  it('is refused where it does not fit, in a sentence', async () => {
    await expect(evaluate(file, '--adapter', at('nowhere'))).rejects.toThrow('does not exist');
    await expect(evaluate(file)).rejects.toThrow('--adapter DIR');
    const dora = experiment('dora', { method: 'dora', adapter: { from: 'first/adapter' } });
    await expect(run(dora, '--out', at('dora'))).rejects.toThrow(
      'DoRA cannot start from “first/adapter”, which is a LoRA adapter: choose the method lora',
    );
    await expect(exportRun(at('first'), '--merged', at('first'))).rejects.toThrow('is not empty');
    await expect(exportRun(at('first'), '--merged', at('new'), '--role', 'dora')).rejects.toThrow(
      'no trained model "dora"; it has autolora (AutoLoRA), lora (LoRA)',
    );
    await expect(exportRun(at('first'), '--merged', file)).rejects.toThrow(
      `${file} is a file; give a folder`,
    );
    await expect(exportRun(at('model'), '--merged', at('new'))).rejects.toThrow('no finished run');
  });
});
