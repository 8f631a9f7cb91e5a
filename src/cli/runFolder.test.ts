/** The run folder on a real disk: telemetry that continues where the snapshot stands, files whole or not there. */
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseExperimentConfig } from '../config/experiment';
import type { TelemetryEvent } from '../telemetry/events';
import { temporaryFolder } from '../testing/temporaryFolder';
import { RunFolder } from './runFolder';

const config = parseExperimentConfig({});
const notice = (message: string): TelemetryEvent => ({ type: 'notice', level: 'info', message });

function folder(): RunFolder {
  const run = new RunFolder(join(temporaryFolder('run'), 'out'));
  run.begin();
  return run;
}

describe('RunFolder', () => {
  it('resumes at the snapshot: later lines are dropped, earlier ones stay', () => {
    const run = folder();
    run.append([notice('a'), notice('ü')]);
    run.saveSnapshot({ state: { step: 2 }, tensors: Uint8Array.of(1, 2, 3) }, config, 'wasm');
    run.append([notice('c')]);
    const { snapshot, backend, config: saved } = new RunFolder(run.path).resume();
    expect(snapshot).toEqual({ state: { step: 2 }, tensors: Uint8Array.of(1, 2, 3) });
    expect(backend).toBe('wasm');
    expect(saved).toEqual(config);
    run.append([notice('d')]);
    expect(run.readTelemetry()).toEqual([notice('a'), notice('ü'), notice('d')]);
    // Killed while it was writing.
    appendFileSync(join(run.path, 'telemetry.jsonl'), '{"type":"not');
    expect(run.readTelemetry()).toHaveLength(3);
  });

  it('keeps the older snapshot when it is killed while the next is written', () => {
    const run = folder();
    run.saveSnapshot({ state: 1, tensors: new Uint8Array(1) }, config, 'wasm');
    renameSync(join(run.path, 'snapshot'), join(run.path, 'snapshot.old'));
    mkdirSync(join(run.path, 'snapshot.new'));
    run.mend();
    expect(run.resume().snapshot.state).toBe(1);
    run.saveSnapshot({ state: 2, tensors: new Uint8Array(1) }, config, 'wasm');
    expect(run.resume().snapshot.state).toBe(2);
  });

  it('takes no half of a first snapshot for one, nor that of an earlier run', () => {
    const run = folder();
    mkdirSync(join(run.path, 'snapshot.new'));
    writeFileSync(join(run.path, 'snapshot.new', 'state.json.1'), '{"ver');
    run.mend();
    expect(run.hasSnapshot).toBe(false);
    run.saveSnapshot({ state: 1, tensors: new Uint8Array(1) }, config, 'wasm');
    expect(readdirSync(join(run.path, 'snapshot')).sort()).toEqual(['state.json', 'tensors.safetensors']);
    renameSync(join(run.path, 'snapshot'), join(run.path, 'snapshot.old'));
    run.begin();
    run.mend();
    expect(run.hasSnapshot).toBe(false);
  });

  it('says so when telemetry is shorter than at the snapshot', () => {
    const run = folder();
    run.append([notice('a')]);
    run.saveSnapshot({ state: 1, tensors: new Uint8Array(1) }, config, 'wasm');
    writeFileSync(join(run.path, 'telemetry.jsonl'), '');
    expect(() => run.resume()).toThrow(/telemetry\.jsonl is shorter \(0 bytes\)/);
  });

  it('writes predictions one per line and empties the folder of an earlier run', () => {
    const run = folder();
    run.writePredictions('predictions.jsonl', [
      { text: 'good\nfilm', label: 1, prediction: 0, logits: [0.5, -1] },
    ]);
    expect(readFileSync(join(run.path, 'predictions.jsonl'), 'utf8')).toBe(
      '{"text":"good\\nfilm","label":1,"prediction":0,"logits":[0.5,-1]}\n',
    );
    run.writeResult({ done: true });
    expect(run.isFinished).toBe(true);
    run.begin();
    expect(run.isFinished).toBe(false);
    expect(existsSync(join(run.path, 'predictions.jsonl'))).toBe(false);
  });
});
