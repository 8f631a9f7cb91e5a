/** The command line on WebGPU: headless Chromium with the shipped worker, held against the same run in Node. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@playwright/test';
import type { ExperimentInput } from '../src/config/experiment';
import type { SearchEvent, TelemetryEvent } from '../src/telemetry/events';
import { relativeError } from '../src/testing/relativeError';
import { writeCheckpoint } from './fixtures/tinyCheckpoint';

const autolora = fileURLToPath(new URL('../scripts/autolora.mjs', import.meta.url));

function telemetryOf(out: string): TelemetryEvent[] {
  const lines = readFileSync(join(out, 'telemetry.jsonl'), 'utf8').split('\n').filter(Boolean);
  return lines.map((line) => JSON.parse(line) as TelemetryEvent);
}

const searchSteps = (events: readonly TelemetryEvent[]): number[] =>
  events.flatMap((event) => (event.type === 'search' ? [event.step] : []));

function run(experiment: string, out: string, backend: string, ...more: string[]): TelemetryEvent[] {
  const { status, stderr } = spawnSync(
    process.execPath,
    [autolora, 'run', experiment, '--out', out, '--backend', backend, ...more],
    { encoding: 'utf8' },
  );
  expect(status, stderr).toBe(0);
  return telemetryOf(out);
}

const betasOf = ({ layers }: SearchEvent): number[] => layers.flatMap(({ beta }) => beta);

/** @param bound of the worst difference, in shares of the largest number */
function expectNear(actual: (number | undefined)[], expected: (number | undefined)[], bound: number): void {
  expect(relativeError(actual as number[], expected as number[])).toBeLessThanOrEqual(bound);
}

/** Writes an experiment on a tiny checkpoint, and both, into the folder. @returns its path */
function writeExperiment(folder: string, more: ExperimentInput): string {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'experiment.json');
  const config: ExperimentInput = {
    model: { source: 'files', name: writeCheckpoint(folder), maxLength: 12 },
    data: { trainSize: 20, devSize: 4 },
    reportEvery: 1,
    ...more,
  };
  writeFileSync(file, JSON.stringify(config));
  return file;
}

test('runs an experiment on WebGPU to the numbers of WASM, and writes the same files', ({ browserName: _ }, {
  outputDir,
}) => {
  test.setTimeout(600_000);
  const experiment = writeExperiment(outputDir, {
    search: { steps: 3, batchSize: 2, dropout: 0.1 },
    retrain: { steps: 2, batchSize: 2 },
    baseline: { enabled: false },
  });
  const gpu = run(experiment, join(outputDir, 'webgpu'), 'webgpu');
  const wasm = run(experiment, join(outputDir, 'wasm'), 'wasm');
  expect(gpu.map(({ type }) => type)).toEqual(wasm.map(({ type }) => type));
  for (const [i, event] of gpu.entries()) {
    const other = wasm[i];
    // Measured: losses 3e-7, norms of the terms 2e-6, β 4e-6.
    if (event.type === 'search' && other?.type === 'search') {
      expectNear([event.trainLoss], [other.trainLoss], 2e-5);
      expectNear([event.validationLoss], [other.validationLoss], 2e-5);
      expectNear([event.directNorm], [other.directNorm], 1e-2);
      expectNear([event.implicitNorm], [other.implicitNorm], 1e-2);
      expectNear(betasOf(event), betasOf(other), 1e-2);
    }
    if (event.type === 'ranks') expect(event).toEqual({ ...other, threshold: expect.anything() });
    if (event.type === 'train' && other?.type === 'train')
      expectNear([event.trainLoss], [other.trainLoss], 2e-5);
  }
  expect(gpu.filter(({ type }) => type === 'search')).toHaveLength(3);
  const result = JSON.parse(readFileSync(join(outputDir, 'webgpu', 'result.json'), 'utf8'));
  expect(result.backend.name).toBe('webgpu');
  expect(result.versions.chromium).toMatch(/^\d+\./);
  expect(
    readFileSync(join(outputDir, 'webgpu', 'predictions.jsonl'), 'utf8')
      .trim()
      .split('\n'),
  ).toHaveLength(4);
  expect(
    readFileSync(join(outputDir, 'webgpu', 'adapter', 'adapter_model.safetensors')).length,
  ).toBeGreaterThan(100);
});

/** Starts or resumes the run on WebGPU and gives it Ctrl-C once it has so many search steps. @returns those that it saved */
async function searchAndStop(experiment: string, out: string, steps: number, ...more: string[]) {
  // A process group of its own, which gets the signal as a terminal gives it.
  const child = spawn(
    process.execPath,
    [autolora, 'run', experiment, '--out', out, '--backend', 'webgpu', ...more],
    { detached: true, stdio: 'ignore' },
  );
  const group = -(child.pid as number);
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const searched = () =>
    existsSync(join(out, 'telemetry.jsonl')) ? searchSteps(telemetryOf(out)).length : 0;
  try {
    await expect.poll(searched, { timeout: 250_000, intervals: [50] }).toBeGreaterThanOrEqual(steps);
    process.kill(group, 'SIGINT');
    expect(await ended).toBe(130);
  } finally {
    if (child.exitCode === null) process.kill(group, 'SIGKILL');
  }
  expect(existsSync(join(out, 'snapshot', 'state.json'))).toBe(true);
  return searchSteps(telemetryOf(out));
}

test('saves a run on WebGPU on Ctrl-C and goes on with it', async ({ browserName: _ }, { outputDir }) => {
  test.setTimeout(600_000);
  // More steps than any machine takes before the signal.
  const experiment = writeExperiment(outputDir, { search: { steps: 10_000, batchSize: 2 } });
  const out = join(outputDir, 'stopped');
  const saved = await searchAndStop(experiment, out, 1);
  const resumed = await searchAndStop(experiment, out, saved.length + 1, '--resume');
  expect(resumed.length).toBeGreaterThan(saved.length);
  expect(resumed).toEqual(resumed.map((_, i) => i + 1));
});
