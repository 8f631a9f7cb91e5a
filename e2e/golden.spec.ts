/** The golden folders that this repository carries, computed by the shipped worker on WebGPU. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@playwright/test';
import { HarnessPage } from './fixtures/harnessPage';

const golden = fileURLToPath(new URL('../src/testing/golden', import.meta.url));
/**
 * Whole searches, 56 training steps of AdaLoRA and 68 generations take a software renderer longer than all the others together;
 * two adapters ask nothing of the device that the others do not. They hold on WASM and the CPU in the unit tests;
 * AUTOLORA_GOLDEN=all runs them here too, for a machine with a GPU.
 */
const leftOut =
  process.env.AUTOLORA_GOLDEN === 'all'
    ? []
    : [
        'adalora',
        'autolora-gpt2',
        'gpt2-generate',
        'peft-adapter-adalora-gpt2',
        'peft-adapter-rslora-roberta',
      ];
const folders = readdirSync(golden).filter((name) => existsSync(join(golden, name, 'golden.json')));

test.describe('on WebGPU', () => {
  // A software renderer compiles some hundred shaders on two cores.
  test.setTimeout(900_000);

  test('every golden folder holds', async ({ page }) => {
    expect(folders.length).toBeGreaterThan(4);
    const harness = new HarnessPage(page);
    await harness.open('webgpu');
    for (const name of folders) {
      if (leftOut.includes(name)) {
        console.log(`${name}: left out on a software renderer (AUTOLORA_GOLDEN=all runs it).`);
        continue;
      }
      await test.step(name, async () => {
        const { checks, skipped, backend } = await harness.verify(join(golden, name));
        expect(skipped).toBeUndefined();
        expect(backend).toBe('webgpu');
        expect(checks.length).toBeGreaterThan(0);
        expect(checks.filter(({ passed }) => !passed)).toEqual([]);
      });
    }
  });
});
