/** The order of backends in Node, and what a backend that computes wrong numbers is answered with. */
import * as tf from '@tensorflow/tfjs';
import { afterEach, describe, expect, it } from 'vitest';
import { refuseFullMemory, startBackend, type WasmModule } from './backend';
import { measureSelfCheck } from './selfCheck';

const wrongOn = (broken: string) => async () => {
  const values = await measureSelfCheck();
  if (tf.getBackend() === broken) values.set('loss', Float32Array.of(99));
  return values;
};

describe('refuseFullMemory', () => {
  it('turns the address 0 into a sentence and leaves the others alone', () => {
    const wasm = { _malloc: (bytes: number) => (bytes > 100 ? 0 : 8), _free: () => {} };
    refuseFullMemory({ wasm });
    expect(wasm._malloc(100)).toBe(8);
    expect(() => wasm._malloc(5000)).toThrow('WASM has no room for 5,000 more bytes');
  });

  it('stands in front of the real backend', async () => {
    await startBackend('wasm');
    const { wasm } = tf.backend() as unknown as WasmModule;
    const half = wasm._malloc(3e9);
    expect(() => wasm._malloc(3e9)).toThrow('WASM has no room');
    wasm._free(half);
    await tf.setBackend('cpu');
  });
});

describe('startBackend in Node', () => {
  afterEach(() => tf.setBackend('cpu'));

  it('takes the CPU without a check where it is preferred', async () => {
    expect(await startBackend('cpu')).toEqual({
      name: 'cpu',
      description: 'plain JavaScript',
      software: false,
      threads: 1,
      rejected: [],
      selfCheckError: 0,
    });
    expect(tf.getBackend()).toBe('cpu');
  });

  it('falls from WebGPU to WASM and says why', async () => {
    const report = await startBackend('auto');
    expect(report.name).toBe('wasm');
    expect(report.description).toBe('WASM SIMD, 1 thread');
    expect(report.rejected).toEqual([
      { name: 'webgpu', reason: 'Node has no WebGPU; headless Chromium does.' },
    ]);
    expect(report.selfCheckError).toBeLessThan(1e-4);
    expect(tf.getBackend()).toBe('wasm');
  });

  // Last: a refused backend is removed for good.
  it('refuses a backend whose numbers are wrong, says where, and takes the next', async () => {
    const report = await startBackend('wasm', { measure: wrongOn('wasm') });
    expect(report.name).toBe('cpu');
    expect(report.rejected[0]?.name).toBe('wasm');
    expect(report.rejected[0]?.reason).toMatch(
      /^It computes wrong numbers here \(loss is off by 1\.\de\+2 of/,
    );
  });
});
