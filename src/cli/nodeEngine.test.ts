/** The engine in Node on a GPU that fails: its numbers must not be taken. */
import * as tf from '@tensorflow/tfjs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { parseExperimentConfig } from '../config/experiment';
import type { TelemetryEvent } from '../telemetry/events';
import type { Engine } from './engine';
import { startNodeEngine } from './nodeEngine';

/** A device that can be made to fail. */
class FakeDevice extends EventTarget {
  lose: (info: { reason: string; message: string }) => void = () => {};
  readonly lost = new Promise((resolve) => {
    this.lose = resolve;
  });

  refuse(message: string): void {
    this.dispatchEvent(Object.assign(new Event('uncapturederror'), { error: { message } }));
  }
}

let device: FakeDevice;

// Dawn is not installed here: the CPU computes, with a device beside it.
vi.mock('../runtime/backend', async (original) => {
  const real = await original<typeof import('../runtime/backend')>();
  const startBackend: typeof real.startBackend = async () => {
    const report = await real.startBackend('cpu');
    Object.assign(tf.backend(), { device });
    return report;
  };
  return { ...real, startBackend, deviceLimits: () => ({ device: 'a fake device' }) };
});

const config = parseExperimentConfig({
  method: 'lora',
  data: { trainSize: 8, devSize: 4 },
  retrain: { steps: 1, batchSize: 2 },
});

describe('the engine on dawn', () => {
  let engine: Engine;
  beforeAll(() => vi.spyOn(console, 'warn').mockImplementation(() => {}));
  afterAll(() => vi.restoreAllMocks());
  beforeEach(async () => {
    device = new FakeDevice();
    engine = await startNodeEngine('dawn');
    await engine.load(config, { train: [], dev: [] });
  });
  afterEach(async () => {
    await engine.close();
    Object.assign(tf.backend(), { device: undefined });
  });

  it('gives nothing out once the device has refused work, and says the first reason', async () => {
    const events: TelemetryEvent[] = [];
    while (events.at(-1)?.type !== 'done') events.push(...(await engine.advance()).events);
    expect((await engine.snapshot()).snapshot.tensors.length).toBeGreaterThan(0);
    expect(await engine.exportAdapter('lora')).toHaveLength(2);
    device.refuse('Buffer size (8589934592) exceeds the max buffer size limit.\n - While calling …');
    device.refuse('Binding 0 is invalid.');
    const refused =
      /refused a computation.*Buffer size \(8589934592\) exceeds the max buffer size limit\. Take a smaller model or batch, or --backend wasm\.$/;
    await expect(engine.advance()).rejects.toThrow(refused);
    await expect(engine.snapshot()).rejects.toThrow(refused);
    await expect(engine.exportAdapter('lora')).rejects.toThrow(refused);
  });

  it('says that the device is lost', async () => {
    device.lose({ reason: 'unknown', message: 'It fell off the bus.' });
    await expect(engine.advance()).rejects.toThrow(
      'The GPU device was lost (It fell off the bus.). Start again, or take --backend wasm.',
    );
  });
});
